import type { Board } from '../board.ts';
import { quantileOf, rateOf, ratio, totalOf } from '../expressions.ts';
import { VIEWER_FILTERS, VIEWER_WHERE } from '../filters.ts';
import { ofField, ofLabel, sessionsFrom, toBoard } from '../links.ts';
import { rankPanel, statPanel, tablePanel, timePanel } from '../panels.ts';
import { OUTCOME_COLORS, VERDICT_COLORS } from './colors.ts';
import { QUALITY } from './fleet-quality.ts';

const toSessions = sessionsFrom(VIEWER_FILTERS);
const where = VIEWER_WHERE;
const byVerdict = toSessions({ verdict: ofLabel('verdict') });
const everyone = toSessions({});

/** Is it broken, where, and since when. */
export const FLEET_QOE: Board = {
  id: 'playpath-fleet-qoe',
  title: 'Fleet QoE',
  description:
    'What viewers experience: is something broken, for whom, since when, and what most incidents are put down to.',
  filters: VIEWER_FILTERS,
  hasTraces: true,
  from: 'now-3h',
  rows: [
    {
      title: 'Is it broken',
      height: 4,
      panels: [
        [
          4,
          statPanel({
            title: 'Watching now',
            description:
              'Distinct viewers of the sessions being watched now. An estimate: a viewer is a device or a registered id.',
            unit: 'short',
            queries: [{ expr: `sum(playpath_concurrent_viewers{${where}})`, legend: 'viewers' }],
            links: [toBoard('playpath-live-viewers', 'Live viewers', {})],
          }),
        ],
        [
          4,
          statPanel({
            title: 'Start failures',
            description: 'Technical errors before the first frame, of all attempts. The promise is 0.5 %.',
            unit: 'percentunit',
            levels: [0.005, 0.03],
            queries: [{ expr: ratio('start_failure', { where }), legend: 'of attempts' }],
            links: [everyone],
          }),
        ],
        [
          4,
          statPanel({
            title: 'Rebuffer ratio',
            description:
              'Stalled time of stalled and playing time, as Conviva defines it. The promise is 1 % without seeks.',
            unit: 'percentunit',
            levels: [0.01, 0.06],
            queries: [{ expr: ratio('rebuffer', { where }), legend: 'of time' }],
            links: [everyone],
          }),
        ],
        [
          4,
          statPanel({
            title: 'Playback failures',
            description: 'Plays that began and ended in a fatal error. The promise is 0.5 %.',
            unit: 'percentunit',
            levels: [0.005, 0.03],
            queries: [{ expr: ratio('playback_failure', { where }), legend: 'of plays' }],
            links: [everyone],
          }),
        ],
        [
          4,
          statPanel({
            title: 'Startup, median',
            description: 'Play request to first frame, without pre-rolls and pauses. Below 2 s is good.',
            unit: 's',
            levels: [2, 4],
            queries: [{ expr: quantileOf(0.5, 'playpath_startup_seconds', { where }), legend: 'median' }],
          }),
        ],
        [
          4,
          statPanel({
            title: 'Average bitrate',
            description: 'Rendered bits over rendered media time: what people saw, not what was requested.',
            unit: 'bps',
            queries: [{ expr: ratio('average_bitrate', { where }), legend: 'bitrate' }],
          }),
        ],
      ],
    },
    {
      title: 'Since when, and why',
      height: 9,
      panels: [
        [
          12,
          timePanel({
            title: 'Incidents by verdict',
            description:
              'Every incident has exactly one cause. Click a series for the sessions behind it; dots are single sessions.',
            unit: 'cps',
            isStacked: true,
            colors: VERDICT_COLORS,
            queries: [
              {
                expr: rateOf('playpath_incidents_total', { by: ['verdict'], where }),
                legend: '{{verdict}}',
                exemplar: true,
              },
            ],
            links: [byVerdict],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Stalled time by verdict',
            description:
              'Seconds of waiting per second of the whole fleet: 1 means that on average one viewer is always waiting.',
            unit: 'short',
            isStacked: true,
            colors: VERDICT_COLORS,
            queries: [
              { expr: rateOf('playpath_stalled_seconds_total', { by: ['verdict'], where }), legend: '{{verdict}}' },
            ],
            links: [byVerdict],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Rebuffer ratio, four ways',
            description:
              'Conviva counts playing and stalled time, CTA-2066 all watched time; what seeks induce and what the connection does add up to it.',
            unit: 'percentunit',
            levels: [0.01, 0.06],
            queries: [
              { expr: ratio('rebuffer', { where }), legend: 'Conviva' },
              { expr: ratio('rebuffer_connection', { where }), legend: 'connection-induced' },
              { expr: ratio('rebuffer_seek', { where }), legend: 'seek-induced' },
              { expr: ratio('rebuffer_watched', { where }), legend: 'CTA-2066' },
            ],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Startup time',
            description:
              'Half of the starts are faster than p50, one in twenty is slower than p95. Dots are single sessions.',
            unit: 's',
            levels: [2, 4],
            queries: [
              { expr: quantileOf(0.5, 'playpath_startup_seconds', { where }), legend: 'p50' },
              { expr: quantileOf(0.95, 'playpath_startup_seconds', { where }), legend: 'p95', exemplar: true },
            ],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Outcomes',
            description: 'How attempts ended. Lost signal: the player stopped reporting while the CDN still served it.',
            unit: 'cps',
            isStacked: true,
            colors: OUTCOME_COLORS,
            queries: [
              { expr: rateOf('playpath_sessions_ended_total', { by: ['outcome'], where }), legend: '{{outcome}}' },
            ],
            links: [toSessions({ outcome: ofLabel('outcome') })],
          }),
        ],
      ],
    },
    {
      title: 'Where',
      height: 8,
      panels: [
        [
          8,
          tablePanel({
            title: 'Devices',
            description: 'Over the whole time range. A device far above the others points to a player release.',
            unit: 'percentunit',
            levels: [0.01, 0.06],
            queries: [
              { expr: ratio('rebuffer', { by: ['device'], where }, 'range'), legend: 'Rebuffering' },
              { expr: ratio('start_failure', { by: ['device'], where }, 'range'), legend: 'Start failures' },
            ],
            links: [toSessions({ device: ofField('device') })],
          }),
        ],
        [
          8,
          tablePanel({
            title: 'Countries',
            description: 'Over the whole time range. A country far above the others points to a network.',
            unit: 'percentunit',
            levels: [0.01, 0.06],
            queries: [
              { expr: ratio('rebuffer', { by: ['country'], where }, 'range'), legend: 'Rebuffering' },
              { expr: ratio('start_failure', { by: ['country'], where }, 'range'), legend: 'Start failures' },
            ],
          }),
        ],
        [
          8,
          tablePanel({
            title: 'Players',
            description: 'Over the whole time range, by player or application.',
            unit: 'percentunit',
            levels: [0.01, 0.06],
            queries: [
              { expr: ratio('rebuffer', { by: ['player'], where }, 'range'), legend: 'Rebuffering' },
              { expr: ratio('start_failure', { by: ['player'], where }, 'range'), legend: 'Start failures' },
            ],
          }),
        ],
        [
          12,
          rankPanel({
            title: 'Verdicts',
            description: 'Incidents of the whole time range by cause: the first is where to look.',
            unit: 'short',
            queries: [
              {
                expr: `sort_desc(${totalOf('playpath_incidents_total', { by: ['verdict'], where })} > 0)`,
                legend: '{{verdict}}',
              },
            ],
            links: [byVerdict],
          }),
        ],
        [
          12,
          rankPanel({
            title: 'Kinds of incidents',
            description: 'What happened to viewers, over the whole time range.',
            unit: 'short',
            queries: [
              {
                expr: `sort_desc(${totalOf('playpath_incidents_total', { by: ['kind'], where })} > 0)`,
                legend: '{{kind}}',
              },
            ],
            links: [everyone],
          }),
        ],
      ],
    },
    QUALITY,
  ],
};
