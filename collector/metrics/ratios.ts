import type { HistogramName, MetricName } from './contract.ts';

type Summand = MetricName | `${HistogramName}_${'sum' | 'count'}`;

/** Counters added up: `plus` of some metrics, all with the same matchers, less `minus`. */
export type Amount = {
  readonly plus: readonly Summand[];
  readonly matchers?: string;
  readonly minus?: MetricName;
};

/** A number of the definitions that is a quotient of exported counters. */
export type Ratio = {
  /** Its recording rules are `playpath:<id>:rate<window>`. */
  readonly id: string;
  readonly name: string;
  readonly unit: 'ratio' | 'bits per second' | 'per hour' | 'points';
  /** Labels its recording rules keep. */
  readonly by: readonly string[];
  readonly above: Amount;
  readonly below: Amount;
  readonly factor?: number;
  /** 1 minus the quotient. */
  readonly isComplement?: boolean;
  readonly note: string;
};

/** Which part of the fleet, over how long, and split how. */
export type RatioScope = {
  readonly by: readonly string[];
  /** A PromQL duration or a variable in its place. */
  readonly window: string;
  /** More matchers, `a="b",c=~"d"`, for both sides. */
  readonly where?: string;
};

const CACHED = 'hit|hit_upper|stale_hit|revalidated';
const GOOD_HIT = `cache=~"${CACHED}",status_class!="5xx"`;
const CACHEABLE = `cache=~"${CACHED}|miss",status_class!="5xx"`;
const EDGE = 'tier="edge"';
const ATTENDED: Amount = { plus: ['playpath_playing_seconds_total', 'playpath_stalled_seconds_total'] };

/** The ratios that docs, recording rules, dashboards and alerts share, so that one name means one formula. */
export const RATIOS = [
  {
    id: 'cache_hit_requests',
    name: 'Cache hit ratio by requests',
    unit: 'ratio',
    by: ['cdn', 'tier'],
    above: { plus: ['playpath_requests_total'], matchers: GOOD_HIT },
    below: { plus: ['playpath_requests_total'], matchers: CACHEABLE },
    note: 'by tier; synthetic responses, bypasses and errors are on neither side, partial hits neither',
  },
  {
    id: 'cache_hit_bytes',
    name: 'Cache hit ratio by bytes',
    unit: 'ratio',
    by: ['cdn', 'tier'],
    above: { plus: ['playpath_response_bytes_total'], matchers: GOOD_HIT },
    below: { plus: ['playpath_response_bytes_total'], matchers: CACHEABLE },
    note: 'by tier',
  },
  {
    id: 'plain_hit',
    name: 'Plain hits of all requests',
    unit: 'ratio',
    by: ['cdn'],
    above: { plus: ['playpath_requests_total'], matchers: `${EDGE},cache="hit"` },
    below: { plus: ['playpath_requests_total'], matchers: EDGE },
    note: 'as Mediastream counts it',
  },
  {
    id: 'origin_offload',
    name: 'Origin offload',
    unit: 'ratio',
    by: [],
    above: { plus: ['playpath_response_bytes_total'], matchers: 'tier="origin"' },
    below: { plus: ['playpath_response_bytes_total'], matchers: EDGE },
    isComplement: true,
    note: 'absent where no origin is logged',
  },
  {
    id: 'request_error',
    name: 'Error ratio',
    unit: 'ratio',
    by: ['cdn'],
    above: { plus: ['playpath_request_errors_total'], matchers: EDGE },
    below: { plus: ['playpath_requests_total'], matchers: EDGE },
    note: '5xx only, as Mediastream counts: an aborting client is no error of the CDN',
  },
  {
    id: 'rebuffer',
    name: 'Rebuffer ratio',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_stalled_seconds_total'] },
    below: ATTENDED,
    note: 'as Conviva defines it',
  },
  {
    id: 'rebuffer_connection',
    name: 'Connection-induced rebuffer ratio',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_stalled_seconds_total'], matchers: 'kind="connection"' },
    below: ATTENDED,
    note: 'as Conviva defines it: without the stalls that seeks bring',
  },
  {
    id: 'rebuffer_seek',
    name: 'Seek-induced rebuffer ratio',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_stalled_seconds_total'], matchers: 'kind="seek"' },
    below: ATTENDED,
    note: 'with the connection-induced ratio the rebuffer ratio, exactly',
  },
  {
    id: 'rebuffer_watched',
    name: 'Rebuffer ratio over watched time',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_stalled_seconds_total'] },
    below: { plus: ['playpath_watched_seconds_total'] },
    note: 'with the denominator of CTA-2066',
  },
  {
    id: 'stalls',
    name: 'Stalls per hour of playing',
    unit: 'per hour',
    by: ['tenant'],
    above: { plus: ['playpath_stalls_total'] },
    below: { plus: ['playpath_playing_seconds_total'] },
    factor: 3600,
    note: '',
  },
  {
    id: 'start_failure',
    name: 'Start failure ratio',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_start_failures_total'], matchers: 'class="technical"' },
    below: { plus: ['playpath_attempts_total'] },
    note: 'technical failures; rights and payment are no fault of delivery',
  },
  {
    id: 'start_refusal',
    name: 'Start refusal ratio',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_start_failures_total'], matchers: 'class="business"' },
    below: { plus: ['playpath_attempts_total'] },
    note: 'start failures for business reasons: rights, geography, payment; nobody is paged for them',
  },
  {
    id: 'exit_before_start',
    name: 'Exit before start ratio',
    unit: 'ratio',
    by: ['tenant'],
    above: {
      plus: ['playpath_sessions_ended_total'],
      matchers: 'outcome="exit_before_start"',
      minus: 'playpath_quick_exits_total',
    },
    below: { plus: ['playpath_attempts_total'], minus: 'playpath_quick_exits_total' },
    note: 'exits within a second are left out of both sides',
  },
  {
    id: 'playback_failure',
    name: 'Playback failure ratio',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_incidents_total'], matchers: 'kind="playback_failure"' },
    below: { plus: ['playpath_sessions_ended_total'], matchers: 'outcome="played"' },
    note: '',
  },
  {
    id: 'average_bitrate',
    name: 'Average bitrate',
    unit: 'bits per second',
    by: ['tenant'],
    above: { plus: ['playpath_rendered_bits_total'] },
    below: { plus: ['playpath_rendered_media_seconds_total'] },
    note: 'bits per second; never a mean over requests',
  },
  {
    id: 'dropped_frame',
    name: 'Dropped frame ratio',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_dropped_frames_total'] },
    below: { plus: ['playpath_decoded_frames_total'] },
    note: '',
  },
  {
    id: 'experience_score',
    name: 'Viewer experience score',
    unit: 'points',
    by: ['tenant', 'version'],
    above: { plus: ['playpath_experience_score_sum'] },
    below: { plus: ['playpath_experience_score_count'] },
    note: 'mean of the sessions that ended, 0 to 100; for reports, never for paging',
  },
  {
    id: 'blind_spot',
    name: 'Blind spot',
    unit: 'ratio',
    by: ['tenant'],
    above: { plus: ['playpath_sessions_by_visibility_total'], matchers: 'visibility="server"' },
    below: { plus: ['playpath_sessions_by_visibility_total'] },
    note: 'sessions that no player told about',
  },
  {
    id: 'failover_recovery',
    name: 'Failovers that recovered',
    unit: 'ratio',
    by: ['from'],
    above: { plus: ['playpath_cdn_failovers_total'], matchers: 'result="recovered"' },
    below: { plus: ['playpath_cdn_failovers_total'] },
    note: 'no fatal error within 60 s of the switch',
  },
  {
    id: 'rejected_record',
    name: 'Rejected records',
    unit: 'ratio',
    by: ['source'],
    above: { plus: ['playpath_rejected_total'] },
    below: { plus: ['playpath_received_total', 'playpath_rejected_total'] },
    note: 'of all records that arrived, accepted or not',
  },
] as const satisfies readonly Ratio[];

export type RatioId = (typeof RATIOS)[number]['id'];

const BY_ID: ReadonlyMap<string, Ratio> = new Map(RATIOS.map((ratio) => [ratio.id, ratio]));

export function ratioOf(id: RatioId): Ratio {
  return BY_ID.get(id)!;
}

/**
 * The ratio in PromQL. What has never counted above the line is 0, except in a complement, where it would look like
 * perfection; nothing below the line is no ratio at all.
 */
export function ratioExpression(ratio: Ratio, scope: RatioScope): string {
  const below = amount(ratio.below, scope);
  const above = amount(ratio.above, scope);
  const quotient = `${ratio.isComplement ? above : `(${above} or 0 * ${below})`}\n  / (${below} > 0)`;
  const scaled = ratio.factor === undefined ? quotient : `${ratio.factor} * ${quotient}`;
  return ratio.isComplement ? `1 - ${scaled}` : scaled;
}

function amount({ plus, matchers = '', minus }: Amount, scope: RatioScope): string {
  const all = total(plus, matchers, scope);
  return minus === undefined ? all : `(${all} - (${total([minus], '', scope)} or 0 * ${all}))`;
}

function total(metrics: readonly Summand[], matchers: string, { by, window, where = '' }: RatioScope): string {
  const [only] = metrics;
  const names = metrics.length > 1 ? [`__name__=~"${metrics.join('|')}"`] : [];
  const selector = [...names, matchers, where].filter((part) => part !== '').join(',');
  const series = `${metrics.length > 1 ? '' : only}${selector === '' ? '' : `{${selector}}`}`;
  return `sum${by.length === 0 ? '' : ` by (${by.join(', ')}) `}(rate(${series}[${window}]))`;
}
