/** How a request ended. The words are also the keys of value mappings. */
export const OUTCOMES = ['hit', 'miss', 'ok', '4xx', '5xx', 'timeout', 'aborted', 'unanswered'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OUTCOME_LABELS: Record<Outcome, string> = {
  hit: 'Cache hit',
  miss: 'Cache miss',
  ok: 'Delivered, cache unknown',
  '4xx': 'Refused (4xx)',
  '5xx': 'Server error (5xx)',
  timeout: 'Timeout',
  aborted: 'Aborted by the player',
  unanswered: 'No answer',
};

/** What must stay visible when requests share a pixel: later in this list is drawn on top. */
export const OUTCOME_WEIGHT: Record<Outcome, number> = {
  hit: 0,
  ok: 0,
  miss: 1,
  aborted: 2,
  '4xx': 3,
  unanswered: 4,
  timeout: 5,
  '5xx': 6,
};

export function isBad(outcome: Outcome): boolean {
  return OUTCOME_WEIGHT[outcome] >= OUTCOME_WEIGHT['4xx'];
}

const HITS = new Set(['hit', 'hit_upper', 'partial_hit', 'revalidated', 'stale_hit']);
const MISSES = new Set(['miss', 'bypass']);

type Facts = {
  /** NaN when nobody answered. */
  readonly status: number;
  readonly errorType: string;
  readonly cacheStatus: string;
  readonly isComplete: boolean;
};

export function outcomeOf({ status, errorType, cacheStatus, isComplete }: Facts): Outcome {
  if (status >= 500) {
    return '5xx';
  }
  // Most requests have none, and a regex on each would be felt.
  const hasError = errorType !== '';
  if (hasError && /timeout/.test(errorType)) {
    return 'timeout';
  }
  // 499 is nginx's word for a viewer who left.
  if ((hasError && /abort|cancel/.test(errorType)) || status === 499) {
    return 'aborted';
  }
  if (status >= 400) {
    return '4xx';
  }
  if (hasError) {
    return 'unanswered';
  }
  if (!isComplete) {
    return 'aborted';
  }
  if (HITS.has(cacheStatus)) {
    return 'hit';
  }
  return MISSES.has(cacheStatus) ? 'miss' : 'ok';
}
