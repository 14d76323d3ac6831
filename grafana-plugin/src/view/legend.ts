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
  const requests = sessions.flatMap((session) => session.requests);
  const states = new Set(sessions.flatMap((session) => session.states.map(({ state }) => state)));
  const outcomes = new Set(requests.map(({ outcome }) => outcome));
  const hasOrigin = requests.some(({ halves }) => halves.some(({ tier }) => tier === 'origin'));
  const item = (key: string, disabled = false): VizLegendItem => {
    const { fill, text } = palette.swatch(key);
    return { label: text, color: fill, yAxis: 1, disabled, data: { key }, getItemKey: () => key };
  };
  return [
    ...PLAYER_STATES.filter((state) => states.has(state)).map((state) => item(state)),
    ...OUTCOMES.filter((outcome) => outcomes.has(outcome)).map((outcome) =>
      item(outcome, filter.outcomes.has(outcome))
    ),
    ...(requests.some(({ isSlow }) => isSlow) ? [item('slow')] : []),
    ...(hasOrigin ? [item('origin')] : []),
  ];
}

export function outcomeOfItem(item: VizLegendItem): Outcome | undefined {
  return OUTCOMES.find((outcome) => outcome === item.getItemKey?.());
}
