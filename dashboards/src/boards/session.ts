import { PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, SearchTableType, TempoQueryType } from '@grafana/grafana-foundation-sdk/tempo';
import type { Board } from '../board.ts';
import { TEMPO, variable } from '../filters.ts';

/** The plugin of this repository (grafana-plugin/). */
export const SESSION_PANEL = 'playpath-session-panel';

function traceTarget(): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId('A')
    .datasource(TEMPO)
    .queryType(TempoQueryType.Traceql)
    .query(variable('traceId'))
    .tableType(SearchTableType.Traces)
    .limit(20)
    .filters([]);
}

/** One session, end to end. */
export const SESSION: Board = {
  id: 'playpath-session',
  title: 'Session',
  description:
    'One playback session end to end: what the viewer saw, every request, the server that answered it, and why it failed.',
  filters: ['traceId'],
  hasTraces: true,
  from: 'now-1h',
  rows: [
    {
      title: 'What happened',
      height: 24,
      panels: [
        [
          24,
          new PanelBuilder()
            .type(SESSION_PANEL)
            .title('Session')
            .description(
              'States, incidents with their verdicts, and every request with the edge and origin that answered it.',
            )
            .datasource(TEMPO)
            .unit('none')
            .options({})
            .withTarget(traceTarget()),
        ],
      ],
    },
    {
      title: 'The same as a trace',
      height: 16,
      panels: [
        [
          24,
          new PanelBuilder()
            .type('traces')
            .title('Trace')
            .description('All spans of the session with their attributes.')
            .datasource(TEMPO)
            .unit('none')
            .options({})
            .withTarget(traceTarget()),
        ],
      ],
    },
  ],
};
