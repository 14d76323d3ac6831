import type { ViewerDimensions } from '../model/session.ts';
import type { Families } from './families.ts';
import type { ValueFamily } from './family.ts';
import type { LabelSpace } from './label-space.ts';
import { PLATFORM_CLASS } from './labels.ts';

/** Audience numbers to be added, by the rules of their platform class. What is not knowable is NaN, never 0. */
export type AudienceCounts = {
  readonly platformClass: 'player_full' | 'external_audio' | 'external_video' | 'external_cached';
  readonly starts: number;
  readonly streams: number;
  readonly downloads: number;
  readonly consumptionSeconds: number;
};

export class AudienceMetrics {
  readonly #space: LabelSpace;
  readonly #starts: ValueFamily;
  readonly #streams: ValueFamily;
  readonly #downloads: ValueFamily;
  readonly #consumption: ValueFamily;

  constructor(families: Families) {
    this.#space = families.space;
    this.#starts = families.counter('playpath_audience_starts_total');
    this.#streams = families.counter('playpath_audience_streams_total');
    this.#downloads = families.counter('playpath_audience_downloads_total');
    this.#consumption = families.counter('playpath_audience_consumption_seconds_total');
  }

  audience(dimensions: ViewerDimensions, counts: AudienceCounts): void {
    const platformClass = this.#space.column(PLATFORM_CLASS).id(counts.platformClass);
    const key = this.#starts.layout.key(platformClass, this.#space.viewer(dimensions));
    if (counts.starts > 0) this.#starts.add(key, counts.starts);
    if (counts.streams > 0) this.#streams.add(key, counts.streams);
    if (counts.downloads > 0) this.#downloads.add(key, counts.downloads);
    if (counts.consumptionSeconds > 0) this.#consumption.add(key, counts.consumptionSeconds);
  }
}
