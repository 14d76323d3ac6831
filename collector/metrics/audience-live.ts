import type { ViewerDimensions } from '../model/session.ts';
import type { Families } from './families.ts';
import type { ValueFamily } from './family.ts';
import type { LabelSpace } from './label-space.ts';
import { CONCURRENCY_SOURCE } from './labels.ts';
import type { RankedFamily } from './ranked-family.ts';

/** Who is watching at one moment, as the sweeper counted it. Entries with the same labels are added up. */
export type ConcurrencySnapshot = {
  readonly sessions: Iterable<{
    readonly source: 'player' | 'server';
    readonly dimensions: ViewerDimensions;
    readonly count: number;
  }>;
  /** Distinct viewer keys. */
  readonly viewers: Iterable<{ readonly dimensions: ViewerDimensions; readonly count: number }>;
  /** All contents or the most watched; the top N become series. */
  readonly contents: Iterable<{ readonly contentId: string; readonly viewers: number }>;
  readonly cdns: Iterable<{ readonly cdn: string; readonly sessions: number }>;
};

/** Gauges that only a sweep sets: what is not in it falls to zero. */
export class LiveAudienceMetrics {
  readonly #space: LabelSpace;
  readonly #sessions: ValueFamily;
  readonly #viewers: ValueFamily;
  readonly #contents: RankedFamily;
  readonly #cdns: ValueFamily;

  constructor(families: Families) {
    this.#space = families.space;
    this.#sessions = families.gauge('playpath_concurrent_sessions');
    this.#viewers = families.gauge('playpath_concurrent_viewers');
    this.#contents = families.ranking('playpath_content_concurrent_viewers', 'content');
    this.#cdns = families.gauge('playpath_cdn_concurrent_sessions');
  }

  concurrency(snapshot: ConcurrencySnapshot): void {
    this.#sessions.zero();
    const sources = this.#space.column(CONCURRENCY_SOURCE);
    for (const { source, dimensions, count } of snapshot.sessions) {
      this.#sessions.add(this.#sessions.layout.key(sources.id(source), this.#space.viewer(dimensions)), count);
    }
    this.#viewers.zero();
    for (const { dimensions, count } of snapshot.viewers) this.#viewers.add(this.#space.viewer(dimensions), count);
    this.#contents.zero();
    for (const { contentId, viewers } of snapshot.contents) this.#contents.add(contentId, viewers);
    this.#cdns.zero();
    for (const { cdn, sessions } of snapshot.cdns) this.#cdns.add(this.#space.cdn.id(cdn), sessions);
  }
}
