import type { CacheStatus } from '../model/media.ts';
import { decodePercentText } from '../privacy/percent.ts';

/** The way a request took through Akamai, from its breadcrumbs. */
export type Breadcrumbs = {
  /** Letters of the components behind the edge: `c` parent, `p` peer, `w` Cloud Wrapper, `o` origin. */
  readonly components: string;
  readonly originTtfbMs: number;
  readonly originDurationMs: number;
};

const NONE: Breadcrumbs = { components: '', originTtfbMs: Number.NaN, originDurationMs: Number.NaN };

/**
 * `//BC/%5Ba=23.33.41.20,c=g,k=0,l=1%5D`: one bracket per component; `c` its letter, `k` when the request had been
 * read, `l` how long until the response came back, both in milliseconds. Nested components stand in `j=[[…]]`.
 * https://techdocs.akamai.com/edge-diagnostics/docs/breadcrumbs
 */
export function breadcrumbsOf(text: string): Breadcrumbs {
  if (text === '') return NONE;
  let components = '';
  let ttfbMs = Number.NaN;
  let durationMs = Number.NaN;
  for (const part of decodePercentText(text.slice(0, 4_096)).split(/[[\]]+/)) {
    const letter = /(?:^|,)c=([a-z])/.exec(part)?.[1];
    if (letter === undefined || letter === 'g') continue;
    components += letter;
    if (letter !== 'o') continue;
    const requestMs = Number(/(?:^|,)k=(\d{1,9})/.exec(part)?.[1] ?? Number.NaN);
    ttfbMs = Number(/(?:^|,)l=(\d{1,9})/.exec(part)?.[1] ?? Number.NaN);
    durationMs = requestMs + ttfbMs;
  }
  return { components, originTtfbMs: ttfbMs, originDurationMs: durationMs };
}

/** Akamai says 0 or 1; where a 0 was served from is in the breadcrumbs. */
export function akamaiCache(status: string, cacheable: string, crumbs: Breadcrumbs): CacheStatus {
  if (cacheable === '0') return 'bypass';
  if (status === '1') return 'hit';
  if (status !== '0') return '';
  return /[cpw]/.test(crumbs.components) && !crumbs.components.includes('o') ? 'hit_upper' : 'miss';
}
