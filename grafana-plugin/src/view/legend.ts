import { type VizLegendItem } from '@grafana/ui';
import { type Palette } from '../chart/palette';
import { type RequestFilter } from '../model/filter';
import { type Outcome, OUTCOMES } from '../model/outcomes';
import { PLAYER_STATES, type SessionModel } from '../model/session-model';

/** Colours that are on screen. Outcomes can be clicked: they filter. */
export function legendItems(
  sessions: readonly SessionModel[],
  filter: RequestFilter,
  palette: Palette
): VizLegendItem[] {
  const seen = { outcomes: new Set<Outcome>(), hasSlow: false, hasOrigin: false };
  for (const { requests } of sessions) {
    for (const { outcome, isSlow, halves } of requests) {
      seen.outcomes.add(outcome);
      seen.hasSlow ||= isSlow;
      seen.hasOrigin ||= halves[halves.length - 1].tier === 'origin';
    }
  }
  const states = new Set(sessions.flatMap((session) => session.states.map(({ state }) => state)));
  const item = (key: string, disabled = false): VizLegendItem => {
    const { fill, text } = palette.swatch(key);
    return { label: text, color: fill, yAxis: 1, disabled, data: { key }, getItemKey: () => key };
  };
  return [
    ...PLAYER_STATES.filter((state) => states.has(state)).map((state) => item(state)),
    ...OUTCOMES.filter((outcome) => seen.outcomes.has(outcome)).map((outcome) =>
      item(outcome, filter.outcomes.has(outcome))
    ),
    ...(seen.hasSlow ? [item('slow')] : []),
    ...(seen.hasOrigin ? [item('origin')] : []),
  ];
}

export function outcomeOfItem(item: VizLegendItem): Outcome | undefined {
  return OUTCOMES.find((outcome) => outcome === item.getItemKey?.());
}
