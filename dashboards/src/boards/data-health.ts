import type { Board } from '../board.ts';
import { quantileOf, rateOf, ratio, totalOf } from '../expressions.ts';
import { where } from '../filters.ts';
import { ofLabel, sessionsFrom } from '../links.ts';
import { statPanel, tablePanel, timePanel } from '../panels.ts';

const ofSource = where(['source']);
const ofTenant = where(['tenant']);
const toSessions = sessionsFrom([]);

/** What we do not see, and how good what we see is. */
export const DATA_HEALTH: Board = {
  id: 'playpath-data-health',
  title: 'Blind spots and data health',
  description: 'Which sessions only servers or only players saw, how well halves join, what is late, refused or lost.',
  filters: ['tenant', 'source'],
  hasTraces: true,
  from: 'now-6h',
  rows: [
    {
      title: 'Coverage',
      height: 8,
      panels: [
        [
          4,
          statPanel({
            title: 'Blind spot',
            description: 'Sessions that no player told about: what a player SDK never reports.',
            unit: 'percentunit',
            levels: [0.25, 0.5],
            queries: [{ expr: ratio('blind_spot', { where: ofTenant }), legend: 'of sessions' }],
            links: [toSessions({ visibility: 'server' })],
          }),
        ],
        [
          4,
          statPanel({
            title: 'Unjoined requests',
            description:
              'Server halves that no session claimed, of all that servers reported. Monitoring and bots are among them.',
            unit: 'percentunit',
            levels: [0.1, 0.3],
            queries: [
              {
                expr: '(sum(rate(playpath_unjoined_total[$__rate_interval])) or vector(0)) / (sum(rate(playpath_requests_total[$__rate_interval])) > 0)',
                legend: 'of requests',
              },
            ],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Sessions by who saw them',
            description: 'both: player and servers. player: no log line ever matched. server: no player reported.',
            unit: 'cps',
            isStacked: true,
            queries: [
              {
                expr: rateOf('playpath_sessions_by_visibility_total', { by: ['visibility'], where: ofTenant }),
                legend: '{{visibility}}',
              },
            ],
            links: [toSessions({ visibility: ofLabel('visibility') })],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Blind spot by player',
            description: 'A player or release that went silent stands out.',
            unit: 'percentunit',
            levels: [0.25, 0.5],
            max: 1,
            queries: [{ expr: ratio('blind_spot', { by: ['player'], where: ofTenant }), legend: '{{player}}' }],
            links: [toSessions({ visibility: 'server' })],
          }),
        ],
      ],
    },
    {
      title: 'Joins',
      height: 8,
      panels: [
        [
          12,
          timePanel({
            title: 'Joins by method',
            description:
              'How server halves found the half below them, best first: traceparent, request_id, sid+url+order, sid+time, device+url+time.',
            unit: 'reqps',
            isStacked: true,
            queries: [{ expr: rateOf('playpath_joins_total', { by: ['method'] }), legend: '{{method}}' }],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Unjoined by source',
            description: 'Server halves that no session claimed.',
            unit: 'reqps',
            isStacked: true,
            queries: [{ expr: rateOf('playpath_unjoined_total', { by: ['cdn', 'tier'] }), legend: '{{cdn}} {{tier}}' }],
          }),
        ],
      ],
    },
    {
      title: 'Intake',
      height: 8,
      panels: [
        [
          12,
          timePanel({
            title: 'Records received by source',
            description: 'A source that falls to zero has stopped.',
            unit: 'cps',
            queries: [
              { expr: rateOf('playpath_received_total', { by: ['source'], where: ofSource }), legend: '{{source}}' },
            ],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Age of records on arrival',
            description: 'End of a request to its arrival here, 95th percentile. What a source needs as `lateness`.',
            unit: 's',
            levels: [300, 3_600],
            queries: [
              {
                expr: quantileOf(0.95, 'playpath_event_lag_seconds', { by: ['source'], where: ofSource }),
                legend: '{{source}}',
              },
            ],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Late records',
            description:
              'Records that came when their session was closed already. They are counted and drawn in its trace.',
            unit: 'cps',
            queries: [
              {
                expr: rateOf('playpath_late_records_total', { by: ['source'], where: ofSource }),
                legend: '{{source}}',
              },
            ],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Rejected records',
            description: 'Records that could not become an event, by reason; samples are in the dead-letter file.',
            unit: 'cps',
            isStacked: true,
            queries: [
              {
                expr: rateOf('playpath_rejected_total', { by: ['source', 'reason'], where: ofSource }),
                legend: '{{source}} {{reason}}',
              },
            ],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Duplicates and suspect clocks',
            description: 'Records received before, and records dated more than a day ahead or 30 days back.',
            unit: 'cps',
            queries: [
              {
                expr: rateOf('playpath_duplicates_total', { by: ['source'], where: ofSource }),
                legend: '{{source}} duplicates',
              },
              {
                expr: rateOf('playpath_suspect_clock_records_total', { by: ['source'], where: ofSource }),
                legend: '{{source}} suspect clocks',
              },
            ],
          }),
        ],
        [
          24,
          tablePanel({
            title: 'Sources',
            description: 'Over the whole time range: what arrived, and the share of it that was refused.',
            unit: 'short',
            queries: [
              { expr: totalOf('playpath_received_total', { by: ['source'], where: ofSource }), legend: 'Received' },
              {
                expr: ratio('rejected_record', { by: ['source'], where: ofSource }, 'range'),
                legend: 'Rejected share',
                unit: 'percentunit',
              },
              { expr: totalOf('playpath_late_records_total', { by: ['source'], where: ofSource }), legend: 'Late' },
              { expr: totalOf('playpath_duplicates_total', { by: ['source'], where: ofSource }), legend: 'Duplicates' },
            ],
          }),
        ],
      ],
    },
    {
      title: 'Bounds',
      height: 7,
      panels: [
        [
          8,
          timePanel({
            title: 'Label values beyond their budget',
            description: 'They are counted as `other`. More than none: raise the budget, or find what makes up values.',
            unit: 'cps',
            queries: [{ expr: rateOf('playpath_label_overflow_total', { by: ['label'] }), legend: '{{label}}' }],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Series beyond their budget',
            description: 'Updates that went to the all-`other` series of a metric.',
            unit: 'cps',
            queries: [{ expr: rateOf('playpath_series_overflow_total', { by: ['metric'] }), legend: '{{metric}}' }],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Why session windows were closed',
            description:
              'evicted: more sessions than the collector may hold. event_limit: one session with too many events.',
            unit: 'cps',
            isStacked: true,
            queries: [{ expr: rateOf('playpath_session_cuts_total', { by: ['reason'] }), legend: '{{reason}}' }],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Live latencies with a wrong clock',
            description: 'Negative, or more than ten minutes: kept out of the histogram.',
            unit: 'cps',
            queries: [
              { expr: rateOf('playpath_live_latency_clock_errors_total', { where: ofTenant }), legend: 'clock errors' },
            ],
          }),
        ],
      ],
    },
  ],
};
