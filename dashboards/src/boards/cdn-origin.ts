import type { Board } from '../board.ts';
import { rateOf, ratio, top, totalOf } from '../expressions.ts';
import { CDN_WHERE, DELIVERY_FILTERS, DELIVERY_WHERE } from '../filters.ts';
import { ofField, ofLabel, sessionsFrom } from '../links.ts';
import { statPanel, tablePanel, timePanel } from '../panels.ts';
import { FAILOVERS, TIMING } from './cdn-timing.ts';
import { STATUS_COLORS } from './colors.ts';

const toSessions = sessionsFrom(DELIVERY_FILTERS);
const edge = `${DELIVERY_WHERE},tier="edge"`;
const edges = `${CDN_WHERE},tier="edge"`;
const byCdn = toSessions({ cdn: ofLabel('cdn') });
const byPop = toSessions({ cdn: ofLabel('cdn'), pop: ofLabel('pop') });

/** What the delivery does, by CDN and site, and what the origin does behind it. */
export const CDN_ORIGIN: Board = {
  id: 'playpath-cdn-origin',
  title: 'CDN and origin',
  description: 'Traffic, errors, caches, first bytes and failovers of every CDN, site and origin, from their logs.',
  filters: DELIVERY_FILTERS,
  hasTraces: true,
  from: 'now-3h',
  rows: [
    {
      title: 'Traffic',
      height: 8,
      panels: [
        [
          4,
          statPanel({
            title: 'Errors (5xx)',
            description: 'Of the requests at the edge. Only 5xx: an aborting client is no error.',
            unit: 'percentunit',
            levels: [0.005, 0.05],
            queries: [{ expr: ratio('request_error', { where: DELIVERY_WHERE }), legend: 'of requests' }],
            links: [byCdn],
          }),
        ],
        [
          4,
          statPanel({
            title: 'Hit ratio',
            description:
              'Requests answered from the edge cache, of those that could be. Above 90 % is usual for segments.',
            unit: 'percentunit',
            levels: [0.9, 0.7],
            queries: [{ expr: ratio('cache_hit_requests', { where: edge }), legend: 'of requests' }],
          }),
        ],
        [
          4,
          statPanel({
            title: 'Origin offload',
            description: 'Bytes the caches kept away from the origin: 1 − origin bytes / edge bytes.',
            unit: 'percentunit',
            levels: [0.9, 0.7],
            queries: [{ expr: ratio('origin_offload', {}), legend: 'of bytes' }],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Traffic by CDN',
            description: 'Bytes per second that edges sent to viewers.',
            unit: 'Bps',
            isStacked: true,
            queries: [
              { expr: rateOf('playpath_response_bytes_total', { by: ['cdn'], where: edge }), legend: '{{cdn}}' },
            ],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Requests by CDN',
            description: 'Requests per second at the edge.',
            unit: 'reqps',
            isStacked: true,
            queries: [{ expr: rateOf('playpath_requests_total', { by: ['cdn'], where: edge }), legend: '{{cdn}}' }],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Traffic by PoP',
            description: 'Bytes per second of the ten busiest sites.',
            unit: 'Bps',
            isStacked: true,
            queries: [
              {
                expr: top(10, rateOf('playpath_response_bytes_total', { by: ['cdn', 'pop'], where: edge })),
                legend: '{{cdn}} {{pop}}',
              },
            ],
            links: [byPop],
          }),
        ],
      ],
    },
    {
      title: 'Errors',
      height: 8,
      panels: [
        [
          12,
          timePanel({
            title: 'Status classes',
            description: 'Answers of the edge by class. abort: the client left, or nothing was answered.',
            unit: 'reqps',
            isStacked: true,
            colors: STATUS_COLORS,
            queries: [
              {
                expr: rateOf('playpath_requests_total', { by: ['status_class'], where: edge }),
                legend: '{{status_class}}',
              },
            ],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Error ratio by CDN and PoP',
            description: 'Share of 5xx of the ten worst sites. A page goes out at 5 % of segments.',
            unit: 'percentunit',
            levels: [0.005, 0.05],
            queries: [
              {
                expr: top(10, ratio('request_error', { by: ['cdn', 'pop'], where: DELIVERY_WHERE })),
                legend: '{{cdn}} {{pop}}',
              },
            ],
            links: [byPop],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Errors by who made them',
            description:
              '5xx by the tier that made the status: an edge line may carry the status of the origin. Dots are sessions.',
            unit: 'reqps',
            isStacked: true,
            queries: [
              {
                expr: rateOf('playpath_request_errors_total', { by: ['generated_by', 'status'], where: edge }),
                legend: '{{generated_by}} {{status}}',
                exemplar: true,
              },
            ],
            links: [toSessions({ problem: 'server_errors' })],
          }),
        ],
        [
          8,
          timePanel({
            title: '4xx by reason',
            description: 'token: 401 and 403. live_edge: players ahead of the encoder. range: 416.',
            unit: 'reqps',
            isStacked: true,
            queries: [
              { expr: rateOf('playpath_client_errors_total', { by: ['reason'], where: edges }), legend: '{{reason}}' },
            ],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Silent failures by kind',
            description: 'Failures in the logs of sessions whose player reported none.',
            unit: 'cps',
            isStacked: true,
            queries: [
              {
                expr: rateOf('playpath_silent_failures_total', { by: ['cdn', 'kind'], where: CDN_WHERE }),
                legend: '{{cdn}} {{kind}}',
                exemplar: true,
              },
            ],
            links: [byCdn],
          }),
        ],
      ],
    },
    {
      title: 'Caches',
      height: 8,
      panels: [
        [
          8,
          timePanel({
            title: 'Cache status',
            description: 'Requests at the edge by normalised cache result, over time.',
            unit: 'reqps',
            isStacked: true,
            queries: [{ expr: rateOf('playpath_requests_total', { by: ['cache'], where: edge }), legend: '{{cache}}' }],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Hit ratio',
            description: 'By requests and by bytes; plain hits of all requests as Mediastream counts them.',
            unit: 'percentunit',
            levels: [0.9, 0.7],
            max: 1,
            queries: [
              { expr: ratio('cache_hit_requests', { by: ['cdn'], where: edge }), legend: '{{cdn}} requests' },
              { expr: ratio('cache_hit_bytes', { by: ['cdn'], where: edge }), legend: '{{cdn}} bytes' },
              { expr: ratio('plain_hit', { by: ['cdn'], where: DELIVERY_WHERE }), legend: '{{cdn}} plain hits' },
            ],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Bytes by cache result',
            description: 'Bytes per second sent by the edge, by cache result.',
            unit: 'Bps',
            isStacked: true,
            queries: [
              { expr: rateOf('playpath_response_bytes_total', { by: ['cache'], where: edge }), legend: '{{cache}}' },
            ],
          }),
        ],
        [
          24,
          tablePanel({
            title: 'Sites',
            description: 'Every site over the whole time range. Click one for the sessions it served.',
            unit: 'short',
            queries: [
              { expr: totalOf('playpath_requests_total', { by: ['cdn', 'pop'], where: edge }), legend: 'Requests' },
              { expr: totalOf('playpath_request_errors_total', { by: ['cdn', 'pop'], where: edge }), legend: '5xx' },
              {
                expr: ratio('cache_hit_requests', { by: ['cdn', 'pop'], where: edge }, 'range'),
                legend: 'Hit ratio',
                unit: 'percentunit',
              },
            ],
            links: [toSessions({ cdn: ofField('cdn'), pop: ofField('pop') })],
          }),
        ],
      ],
    },
    TIMING,
    FAILOVERS,
  ],
};
