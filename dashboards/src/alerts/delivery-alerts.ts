import { type Alert, CDN_VIEWERS, ENOUGH_VIEWERS, NOBODY_FIRING, TENANT_VIEWERS } from './alert.ts';

const SEGMENTS = 'tier="edge",object_type=~"video|audio|muxed|init"';
const ERRORS = (window: string) =>
  `sum by (cdn, pop) (rate(playpath_request_errors_total{${SEGMENTS}}[${window}]))\n  / sum by (cdn, pop) (rate(playpath_requests_total{${SEGMENTS}}[${window}]))`;

const MANY = ['playpath_concurrent_viewers{tenant="default"}', '400x240'] as const;
const FEW = ['playpath_concurrent_viewers{tenant="default"}', '3x240'] as const;
const ON_A = ['playpath_cdn_concurrent_sessions{cdn="edge-a"}', '250x240'] as const;
const VERDICT = (verdict: string) =>
  [`playpath_incidents_total{kind="stall",verdict="${verdict}",tenant="default"}`, '0+2x240'] as const;

const AT_FRA = 'cdn="edge-a",tier="edge",pop="FRA",object_type="video"';
const requests = (perSample: number) => [`playpath_requests_total{${AT_FRA}}`, `0+${perSample}x240`] as const;
const errors = (values: string) =>
  [`playpath_request_errors_total{${AT_FRA},status="503",generated_by="edge"}`, values] as const;

const segmentErrors: Alert = {
  name: 'PlaypathSegmentErrors',
  severity: 'page',
  domain: 'streaming',
  expression: `(${ERRORS('5m')}) > 0.05
and (${ERRORS('2m')}) > 0.05
and sum by (cdn, pop) (increase(playpath_requests_total{${SEGMENTS}}[5m])) > 300
and ${ENOUGH_VIEWERS}`,
  for: '1m',
  keepFiringFor: '5m',
  unit: 'percent',
  summary: '{{cdn}} answers {{value}} of segment requests in {{pop}} with 5xx',
  description:
    'Over five minutes, {{value}} of the segment requests that {{cdn}} served in {{pop}} were answered with a server error.',
  viewers: CDN_VIEWERS,
  board: 'playpath-cdn-origin',
  filters: { cdn: 'cdn', pop: 'pop' },
  runbook: {
    meaning:
      'One site of one CDN answers media requests with 5xx. Players retry, fail over or stall; those without a second CDN fail.',
    checks: [
      'CDN and origin, "Errors by who made them": `edge` is the CDN, `origin` is yours.',
      'The same board, "Failovers": are viewers rescued, and do the failovers recover?',
      "The CDN's own status page, for that site.",
    ],
    fixes: [
      'Made by the edge: take that CDN or site out of steering, and open a case with a request id from a session.',
      'Made by the origin: see PlaypathOriginSlow; look at the origin and its packager.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'a tenth of the segments of a site fail for half an hour',
      series: [MANY, ON_A, VERDICT('edge_error'), requests(200), errors('0x40 0+20x80 1600x120')],
      expect: [
        {
          at: '25m',
          firing: [{ labels: { cdn: 'edge-a', pop: 'FRA' }, value: '10%', viewers: '250', verdict: 'edge_error' }],
        },
        { at: '45m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'one in fifty is not worth a night',
      series: [MANY, requests(200), errors('0+4x240')],
      expect: [{ at: '25m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'all requests of a handful of viewers fail',
      series: [FEW, requests(8), errors('0+8x240')],
      expect: [{ at: '25m', firing: NOBODY_FIRING }],
    },
  ],
};

const FAILOVERS =
  'sum by (cdn) (label_replace(increase(playpath_cdn_failovers_total[5m]), "cdn", "$1", "from", "(.*)"))';
const failed = (values: string) =>
  ['playpath_cdn_failovers_total{from="edge-a",to="edge-b",reason="5xx",result="recovered"}', values] as const;

const failoverStorm: Alert = {
  name: 'PlaypathFailoverStorm',
  severity: 'page',
  domain: 'streaming',
  expression: `(${FAILOVERS} >= 10)
  / on () group_left () (sum(playpath_concurrent_sessions)) > 0.1
and ${ENOUGH_VIEWERS}`,
  for: '1m',
  keepFiringFor: '5m',
  unit: 'percent',
  summary: '{{value}} of the sessions failed over from {{cdn}} in five minutes',
  description: 'Sessions leave {{cdn}} after errors, timeouts or stalls: {{value}} of all in five minutes.',
  viewers: CDN_VIEWERS,
  board: 'playpath-cdn-origin',
  filters: { cdn: 'cdn' },
  runbook: {
    meaning:
      'Many sessions leave one CDN because it failed them. Even when they recover, the CDN that takes them gets their load at once.',
    checks: [
      'CDN and origin, "Failovers by reason": 5xx, timeouts or stalls.',
      'The same board, "Failovers that recovered": below 95 % viewers are being lost.',
      'Requests of the CDN that takes over: does it bear the load?',
    ],
    fixes: [
      'Take the failing CDN out of steering, so that nobody has to fail first.',
      'If the target suffers too, spread over more CDNs or lower the top rendition.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'a fifth of the fleet leaves a CDN',
      series: [
        MANY,
        ON_A,
        ['playpath_concurrent_sessions{source="player",tenant="default"}', '400x240'],
        VERDICT('failover'),
        failed('0x40 0+4x80 320x120'),
      ],
      expect: [
        {
          at: '25m',
          firing: [{ labels: { cdn: 'edge-a' }, value: '20%', viewers: '250', verdict: 'failover' }],
        },
        { at: '45m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'one in a hundred is what the second CDN is for',
      series: [MANY, ['playpath_concurrent_sessions{source="player",tenant="default"}', '4000x240'], failed('0+2x240')],
      expect: [{ at: '25m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'three viewers who fail over again and again',
      series: [FEW, ['playpath_concurrent_sessions{source="player",tenant="default"}', '3x240'], failed('0+2x240')],
      expect: [{ at: '25m', firing: NOBODY_FIRING }],
    },
  ],
};

const bucket = (le: string, perSample: number) =>
  [
    `playpath_ttfb_seconds_bucket{cdn="origin-1",tier="origin",object_type="video",cache="none",le="${le}"}`,
    `0+${perSample}x240`,
  ] as const;
const slowOrigin = (fast: number, slow: number) =>
  [bucket('1', fast), bucket('2.5', fast), bucket('5', fast + slow), bucket('+Inf', fast + slow)] as const;

const originSlow: Alert = {
  name: 'PlaypathOriginSlow',
  severity: 'page',
  domain: 'streaming',
  expression: `histogram_quantile(0.95, sum by (cdn, le) (rate(playpath_ttfb_seconds_bucket{tier="origin"}[5m]))) > 2
and sum by (cdn) (increase(playpath_ttfb_seconds_bucket{tier="origin",le="+Inf"}[5m])) > 100
and ${ENOUGH_VIEWERS}`,
  for: '3m',
  keepFiringFor: '5m',
  unit: 'seconds',
  summary: 'First byte of {{cdn}} takes {{value}} (95th percentile)',
  description:
    'One in twenty answers of {{cdn}} begins after {{value}} or later. Misses wait for it, and so do viewers.',
  viewers: { gauge: 'playpath_concurrent_viewers', by: [] },
  board: 'playpath-cdn-origin',
  filters: {},
  runbook: {
    meaning: 'The origin takes seconds to begin its answers. Whatever is not in a cache arrives late.',
    checks: [
      'CDN and origin, "First byte by tier": is the origin alone slow, or the way to it?',
      'The same board, "Hit ratio": a falling hit ratio means that the origin is asked more than usual.',
      'Load, disks and upstreams of the origin.',
    ],
    fixes: [
      'More misses than usual: find what made caches forget (purge, changed URLs or headers), undo it.',
      'The origin itself: add capacity, or send traffic to the other one; raise cache lifetimes meanwhile.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'a tenth of the answers take between 2.5 and 5 s, then none',
      series: [
        MANY,
        VERDICT('origin_slow'),
        bucket('1', 90),
        bucket('2.5', 90),
        [
          'playpath_ttfb_seconds_bucket{cdn="origin-1",tier="origin",object_type="video",cache="none",le="5"}',
          '0+100x100 10000+90x140',
        ],
        [
          'playpath_ttfb_seconds_bucket{cdn="origin-1",tier="origin",object_type="video",cache="none",le="+Inf"}',
          '0+100x100 10000+90x140',
        ],
      ],
      expect: [
        {
          at: '20m',
          firing: [{ labels: { cdn: 'origin-1' }, value: '3.75s', viewers: '400', verdict: 'origin_slow' }],
        },
        { at: '40m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'one slow answer in a hundred',
      series: [MANY, ...slowOrigin(99, 1)],
      expect: [{ at: '20m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'a handful of requests, all slow',
      series: [FEW, ...slowOrigin(0, 2)],
      expect: [{ at: '20m', firing: NOBODY_FIRING }],
    },
  ],
};

const stale = (values: string) =>
  [
    'playpath_incidents_total{kind="stall",verdict="manifest_stale",tenant="default",stream_type="live"}',
    values,
  ] as const;
const live = (count: number) =>
  ['playpath_concurrent_sessions{source="player",tenant="default",stream_type="live"}', `${count}x240`] as const;

const manifestStale: Alert = {
  name: 'PlaypathManifestStale',
  severity: 'page',
  domain: 'streaming',
  expression: `(sum by (tenant) (increase(playpath_incidents_total{verdict="manifest_stale"}[5m])) >= 5)
  / sum by (tenant) (playpath_concurrent_sessions{stream_type=~"live|dvr"}) > 0.1
and sum by (tenant) (playpath_concurrent_sessions{stream_type=~"live|dvr"}) >= 20`,
  for: '0s',
  keepFiringFor: '5m',
  unit: 'percent',
  summary: 'A live playlist has stopped growing: {{value}} of live sessions stall on it ({{tenant}})',
  description:
    'Players of {{tenant}} keep asking for a live playlist and find no new segment; {{value}} of the live sessions had an incident because of it in five minutes.',
  viewers: TENANT_VIEWERS,
  board: 'playpath-live-viewers',
  filters: { tenant: 'tenant' },
  runbook: {
    meaning:
      'A live stream does not go on: its playlist is delivered but lists nothing new. Everybody who watches it stalls.',
    checks: [
      'Session explorer with verdict manifest_stale: which title?',
      'Fetch the playlist twice, a segment duration apart, from the origin and from an edge: which one is old?',
      'The encoder and the packager of that channel.',
    ],
    fixes: [
      'Old at the origin: restart or switch the encoder or packager.',
      'Old at the edge only: purge the playlist and correct its cache lifetime (at most half a segment).',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'a third of the live audience stalls on one playlist',
      series: [['playpath_concurrent_viewers{tenant="default"}', '400x240'], live(150), stale('0x60 50x180')],
      expect: [
        {
          at: '17m',
          firing: [{ labels: { tenant: 'default' }, value: '33.33%', viewers: '400', verdict: 'manifest_stale' }],
        },
        { at: '40m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'one in a hundred live sessions',
      series: [MANY, live(1_000), stale('0x60 10x180')],
      expect: [{ at: '17m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'the five viewers of a test channel',
      series: [MANY, live(5), stale('0x60 8x180')],
      expect: [{ at: '17m', firing: NOBODY_FIRING }],
    },
  ],
};

export const DELIVERY_ALERTS: readonly Alert[] = [segmentErrors, failoverStorm, originSlow, manifestStale];
