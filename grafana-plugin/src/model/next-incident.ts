import { type Incident } from './session-model';

/** The incident after or before the chosen one, or after a time when none is chosen. Goes round at the ends. */
export function nextIncident(
  incidents: readonly Incident[],
  selected: Incident | null,
  step: 1 | -1,
  fromMs: number
): Incident | undefined {
  const index = selected ? incidents.findIndex(({ id }) => id === selected.id) : -1;
  if (index >= 0) {
    return incidents[(index + step + incidents.length) % incidents.length];
  }
  return step > 0
    ? (incidents.find(({ startMs }) => startMs >= fromMs) ?? incidents[0])
    : ([...incidents].reverse().find(({ startMs }) => startMs < fromMs) ?? incidents[incidents.length - 1]);
}
