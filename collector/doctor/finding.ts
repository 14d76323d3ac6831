/** One thing that stops or weakens correlation, in plain words, with what to do and where it is written. */
export type Finding = {
  /** `broken`: sessions cannot be joined or believed; `weak`: they are joined worse than they could be. */
  readonly level: 'broken' | 'weak' | 'fine';
  readonly id: string;
  readonly source: string;
  readonly says: string;
  readonly fix: string;
};

/** Fewer records say nothing. */
export const ENOUGH = 8;

/** Page of docs/connect about the CDN or server that writes a format. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ['nginx-json', 'nginx'],
  ['nginx-combined', 'nginx'],
  ['nginx-combined-plus', 'nginx'],
  ['apache-combined', 'apache'],
  ['icecast', 'icecast'],
  ['cloudfront-standard', 'cloudfront'],
  ['cloudfront-realtime', 'cloudfront'],
  ['fastly-json', 'fastly'],
  ['akamai-ds2', 'akamai'],
  ['cloudflare-logpush', 'cloudflare'],
]);
export function pageOf(format: string): string {
  return `docs/connect/${PAGES.get(format) ?? 'nginx'}.md`;
}

/** Worst first; a line that says so when there is nothing. */
export function inOrder(found: readonly Finding[]): Finding[] {
  const order = ['broken', 'weak', 'fine'];
  const sorted = found.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  if (sorted.length > 0) return sorted;
  return [{ level: 'fine', id: 'nothing', source: '', says: 'nothing stands in the way of good joins', fix: '' }];
}

export function finding(level: Finding['level'], id: string, source: string, says: string, fix: string): Finding {
  return { level, id, source, says, fix };
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
