import { type PanelDataSummary, type VisualizationSuggestion, VisualizationSuggestionScore } from '@grafana/data';
import { SPAN_NAMES } from './contract.gen';
import { isTraceFrame } from './frames/trace-frame';
import { type OverlayConfig, type PanelOptions } from './types';

type Suggestion = VisualizationSuggestion<PanelOptions, OverlayConfig>;

const OURS = new Set<string>(SPAN_NAMES.filter((name) => name !== 'request' && name !== 'requests'));

/** Offers the panel for traces, first of all for Playpath's. */
export function suggest(summary: Pick<PanelDataSummary, 'rawFrames'>): Suggestion[] {
  const traces = (summary.rawFrames ?? []).filter(isTraceFrame);
  if (traces.length === 0) {
    return [];
  }
  const isOurs = traces.some((frame) => {
    const names = frame.fields.find(({ name }) => name.toLowerCase() === 'operationname')?.values ?? [];
    return [...names].some((name) => OURS.has(String(name)));
  });
  if (!isOurs) {
    return [];
  }
  return [
    {
      name: 'Playback session',
      score: VisualizationSuggestionScore.Best,
      options: { showOverview: false },
      cardOptions: { maxSeries: 1, maxRows: 500 },
    },
  ];
}
