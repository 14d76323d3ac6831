/** A number of the definitions that is a quotient of exported counters, as PromQL over five minutes. */
export type Ratio = { readonly name: string; readonly expression: string; readonly note: string };

const CACHED = 'hit|hit_upper|stale_hit|revalidated';
const CACHEABLE = `${CACHED}|miss`;

/** The ratios that docs, dashboards and alerts share, so that one name means one formula everywhere. */
export const RATIOS: readonly Ratio[] = [
  {
    name: 'Cache hit ratio by requests',
    expression: hitRatio('playpath_requests_total'),
    note: 'by tier; synthetic responses, bypasses and errors are on neither side, partial hits neither',
  },
  { name: 'Cache hit ratio by bytes', expression: hitRatio('playpath_response_bytes_total'), note: 'by tier' },
  {
    name: 'Plain hits of all requests',
    expression: quotient(
      'sum by (cdn) (rate(playpath_requests_total{tier="edge",cache="hit"}[5m]))',
      'sum by (cdn) (rate(playpath_requests_total{tier="edge"}[5m]))',
    ),
    note: 'as Mediastream counts it',
  },
  {
    name: 'Origin offload',
    expression: `1 - ${quotient(
      'sum(rate(playpath_response_bytes_total{tier="origin"}[5m]))',
      'sum(rate(playpath_response_bytes_total{tier="edge"}[5m]))',
    )}`,
    note: '',
  },
  {
    name: 'Error ratio',
    expression: quotient(
      'sum by (cdn) (rate(playpath_request_errors_total{tier="edge"}[5m]))',
      'sum by (cdn) (rate(playpath_requests_total{tier="edge"}[5m]))',
    ),
    note: '5xx only: an aborting client is no error of the CDN',
  },
  {
    name: 'Rebuffer ratio',
    expression: quotient(
      'sum(rate(playpath_stalled_seconds_total[5m]))',
      '(sum(rate(playpath_playing_seconds_total[5m])) + sum(rate(playpath_stalled_seconds_total[5m])))',
    ),
    note: 'as Conviva defines it; with `kind="connection"` above the line only, the connection-induced ratio',
  },
  {
    name: 'Rebuffer ratio over watched time',
    expression: quotient(
      'sum(rate(playpath_stalled_seconds_total[5m]))',
      'sum(rate(playpath_watched_seconds_total[5m]))',
    ),
    note: 'with the denominator of CTA-2066',
  },
  {
    name: 'Stalls per hour of playing',
    expression: `3600 * ${quotient('sum(rate(playpath_stalls_total[5m]))', 'sum(rate(playpath_playing_seconds_total[5m]))')}`,
    note: '',
  },
  {
    name: 'Start failure ratio',
    expression: quotient(
      'sum(rate(playpath_start_failures_total{class="technical"}[5m]))',
      'sum(rate(playpath_attempts_total[5m]))',
    ),
    note: '',
  },
  {
    name: 'Exit before start ratio',
    expression: quotient(
      '(sum(rate(playpath_sessions_ended_total{outcome="exit_before_start"}[5m])) - (sum(rate(playpath_quick_exits_total[5m])) or vector(0)))',
      '(sum(rate(playpath_attempts_total[5m])) - (sum(rate(playpath_quick_exits_total[5m])) or vector(0)))',
    ),
    note: 'exits within a second are left out of both sides',
  },
  {
    name: 'Playback failure ratio',
    expression: quotient(
      'sum(rate(playpath_incidents_total{kind="playback_failure"}[5m]))',
      'sum(rate(playpath_sessions_ended_total{outcome="played"}[5m]))',
    ),
    note: '',
  },
  {
    name: 'Average bitrate',
    expression: quotient(
      'sum(rate(playpath_rendered_bits_total[5m]))',
      'sum(rate(playpath_rendered_media_seconds_total[5m]))',
    ),
    note: 'bits per second',
  },
  {
    name: 'Blind spot',
    expression: quotient(
      'sum(rate(playpath_sessions_by_visibility_total{visibility="server"}[5m]))',
      'sum(rate(playpath_sessions_by_visibility_total[5m]))',
    ),
    note: 'sessions that no player told about',
  },
];

function hitRatio(metric: string): string {
  return quotient(
    `sum by (cdn, tier) (rate(${metric}{cache=~"${CACHED}",status_class!="5xx"}[5m]))`,
    `sum by (cdn, tier) (rate(${metric}{cache=~"${CACHEABLE}",status_class!="5xx"}[5m]))`,
  );
}

function quotient(above: string, below: string): string {
  return `${above}\n  / ${below}`;
}
