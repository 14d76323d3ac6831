import { ALL_VIEWERS, type Alert, NOBODY_FIRING } from './alert.ts';

const received = (values: string) => ['playpath_received_total{source="edge-a"}', values] as const;

const ingestStopped: Alert = {
  name: 'PlaypathIngestStopped',
  severity: 'page',
  domain: 'collector',
  // A source that writes all the time is missed within minutes; one that delivers in batches, after three hours.
  expression: `(
  sum by (source) (increase(playpath_received_total[10m])) == 0
  and sum by (source) (changes(playpath_received_total[1h] offset 10m)) > 60
)
or (
  sum by (source) (increase(playpath_received_total[3h])) == 0
  and sum by (source) (increase(playpath_received_total[1d] offset 3h)) > 1000
)`,
  for: '5m',
  unit: 'count',
  summary: 'Nothing arrives from source {{source}} any more',
  description:
    'Source {{source}} has been delivering and has stopped. Everything that is counted from it stands still.',
  viewers: ALL_VIEWERS,
  board: 'playpath-data-health',
  filters: { source: 'source' },
  runbook: {
    meaning:
      'A source that used to deliver logs or reports is silent. Its metrics freeze, and sessions lose that half.',
    checks: [
      'Blind spots and data health, "Records received by source": when did it stop, and did others?',
      'Rejected records of that source: `unauthorized` and `unsupported_encoding` look like silence.',
      "The sender: the CDN's log push status, the disk of a followed file, a certificate that ran out.",
    ],
    fixes: [
      'Restart the delivery at the sender; what it kept arrives late and is still counted.',
      'All sources at once: see PlaypathCollectorDown and the proxy in front of the ingest port.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'a steady source falls silent for half an hour',
      series: [
        received('0+500x280 140000x120 140000+500x200'),
        ['playpath_concurrent_viewers{tenant="default"}', '400x700'],
      ],
      expect: [
        { at: '90m', firing: [{ labels: { source: 'edge-a' }, value: '0', viewers: '400' }] },
        { at: '120m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'a source that delivers a batch every half hour',
      series: [received('0x119 100000x119 200000x119 300000x119 400000x119')],
      expect: [{ at: '115m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'a source of a few lines an hour',
      series: [received('0x100 1x100 2x100 3x400')],
      expect: [{ at: '120m', firing: NOBODY_FIRING }],
    },
  ],
};

const LAG = (window: string, offset = '') =>
  `histogram_quantile(0.95, sum by (source, le) (rate(playpath_event_lag_seconds_bucket[${window}]${offset})))`;
const lag = (le: string, values: string) =>
  [`playpath_event_lag_seconds_bucket{source="edge-a",le="${le}"}`, values] as const;

const ingestLag: Alert = {
  name: 'PlaypathIngestLag',
  severity: 'ticket',
  domain: 'collector',
  // Some logs come after seconds and others after hours: what is late is what is late for this source.
  expression: `${LAG('10m')} > 60
and ${LAG('10m')}
  > 3 * ${LAG('1d', ' offset 10m')}
and sum by (source) (increase(playpath_event_lag_seconds_bucket{le="+Inf"}[10m])) > 100`,
  for: '10m',
  unit: 'seconds',
  summary: 'Records of {{source}} come {{value}} late (95th percentile)',
  description:
    'Source {{source}} delivers three times later than it did in the day before: one record in twenty after {{value}} or more. Joins and verdicts may decide without them.',
  viewers: ALL_VIEWERS,
  board: 'playpath-data-health',
  filters: { source: 'source' },
  runbook: {
    meaning: 'A source has fallen behind. Requests are settled before its half arrives, and fast alerts see the past.',
    checks: [
      'Blind spots and data health, "Age of records on arrival": how late, since when?',
      'The sender: a backlog after an outage, a slower upload interval, a wrong clock (suspect clocks).',
      'Collector health: is the collector itself busy, are its queues full?',
    ],
    fixes: [
      'A backlog: wait, it is worked off in order.',
      'For good: raise `lateness` of the source; joins wait longer and get them all.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'records that came at once come after minutes, until the sender has caught up',
      series: [
        lag('5', '0+500x400 200000x80 200000+500x120'),
        lag('60', '0+500x400 200000x80 200000+500x120'),
        lag('300', '0+500x600'),
        lag('+Inf', '0+500x600'),
        ['playpath_concurrent_viewers{tenant="default"}', '400x600'],
      ],
      expect: [
        { at: '114m', firing: [{ labels: { source: 'edge-a' }, value: '4m 48s', viewers: '400' }] },
        { at: '140m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'a log that always comes after minutes',
      series: [lag('60', '0x400'), lag('300', '0+500x400'), lag('+Inf', '0+500x400')],
      expect: [{ at: '68m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'a handful of records, all of them late',
      series: [lag('5', '0+1x400 400x200'), lag('300', '0+1x600'), lag('+Inf', '0+1x600')],
      expect: [{ at: '113m', firing: NOBODY_FIRING }],
    },
  ],
};

const exported = (what: string, values: string) =>
  [`playpath_collector_${what}_total{exporter="otlp",instance="collector:9464"}`, values] as const;

const exportFailing: Alert = {
  name: 'PlaypathExportFailing',
  severity: 'page',
  domain: 'collector',
  expression: `sum by (exporter, instance) (increase(playpath_collector_dropped_items_total[10m])) > 100
or (
  sum by (exporter, instance) (increase(playpath_collector_export_retries_total[10m])) > 3
  and sum by (exporter, instance) (increase(playpath_collector_sent_items_total[10m])) == 0
)`,
  for: '5m',
  unit: 'count',
  summary: 'Exporter {{exporter}} of {{instance}} does not get its data through',
  description:
    'Spans of {{instance}} are refused, or {{exporter}} repeats and nothing is taken. When its queue is full, ingest is slowed down.',
  viewers: ALL_VIEWERS,
  board: 'playpath-collector-health',
  filters: { instance: 'instance' },
  runbook: {
    meaning:
      'The trace backend does not take what the collector sends. Metrics are not concerned; sessions are lost or held back.',
    checks: [
      "The collector's log: the backend's reason is in it, once a minute.",
      'Collector health, "Queues": how full is `otlp_bytes`?',
      'The backend: is it up, is its disk full, does it limit rate or trace size?',
    ],
    fixes: [
      'Backend down: bring it back; the queue is delivered in order.',
      'Refused for size or rate: lower `correlate.spanBudget` or `correlate.healthySample`, or raise its limits.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'the backend is away for half an hour: everything is repeated and nothing taken',
      series: [
        exported('dropped_items', '0x300'),
        exported('export_retries', '0x60 0+2x120 240x120'),
        exported('sent_items', '0+300x60 18000x120 18000+300x120'),
        ['playpath_concurrent_viewers{tenant="default"}', '400x300'],
      ],
      expect: [
        {
          at: '40m',
          firing: [{ labels: { exporter: 'otlp', instance: 'collector:9464' }, value: '80', viewers: '400' }],
        },
        { at: '60m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'a retry now and then, and data gets through',
      series: [
        exported('export_retries', '0+0.5x240'),
        exported('sent_items', '0+300x240'),
        exported('dropped_items', '0x240'),
      ],
      expect: [{ at: '40m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'a few spans are refused',
      series: [exported('dropped_items', '0x60 3x180'), exported('sent_items', '0+300x240')],
      expect: [{ at: '22m', firing: NOBODY_FIRING }],
    },
  ],
};

const up = (values: string) => ['up{job="playpath",instance="collector:9464"}', values] as const;

const collectorDown: Alert = {
  name: 'PlaypathCollectorDown',
  severity: 'page',
  domain: 'collector',
  expression: 'up{job="playpath"} == 0',
  for: '2m',
  unit: 'count',
  summary: 'Prometheus cannot scrape the collector at {{instance}}',
  description: 'Since two minutes no metric comes from {{instance}}: all other alerts are blind meanwhile.',
  viewers: ALL_VIEWERS,
  board: 'playpath-collector-health',
  filters: { instance: 'instance' },
  runbook: {
    meaning: 'The collector is down, or Prometheus does not reach its metrics port. No other alert can fire for it.',
    checks: [
      '`/healthz` on the metrics port, from the host of Prometheus.',
      "The process: did it end, and with which message? The last lines of its log name the error's code.",
      'docs/errors.md lists every code with its remedy.',
    ],
    fixes: [
      'Start it again; senders that were answered 503 or nothing deliver what they kept.',
      'Out of memory: lower `correlate.maxSessions`, `correlate.maxRequests` or `api.recent`.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'it is away for ten minutes',
      series: [up('1x40 0x40 1x80'), ['playpath_concurrent_viewers{tenant="default"}', '400x160']],
      expect: [
        {
          at: '15m',
          firing: [{ labels: { job: 'playpath', instance: 'collector:9464' }, value: '0', viewers: '400' }],
        },
        { at: '25m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'it is there',
      series: [up('1x160')],
      expect: [{ at: '15m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'a restart',
      series: [up('1x40 0x4 1x80')],
      expect: [{ at: '11m', firing: NOBODY_FIRING }],
    },
  ],
};

export const COLLECTOR_ALERTS: readonly Alert[] = [ingestStopped, ingestLag, exportFailing, collectorDown];
