import type { AudienceCounts, AudienceExclusion } from '../model/audience.ts';
import type { ViewerDimensions } from '../model/session.ts';
import type { Families } from './families.ts';
import type { ValueFamily } from './family.ts';
import type { LabelSpace } from './label-space.ts';
import { AUDIENCE_WINDOW, EXCLUSION, PLATFORM_CLASS } from './labels.ts';

/** The audience numbers, and how much was left out of them. */
export class AudienceMetrics {
  readonly #space: LabelSpace;
  readonly #starts: ValueFamily;
  readonly #streams: ValueFamily;
  readonly #downloads: ValueFamily;
  readonly #devices: ValueFamily;
  readonly #consumption: ValueFamily;
  readonly #excluded: ValueFamily;

  constructor(families: Families) {
    this.#space = families.space;
    this.#starts = families.counter('playpath_audience_starts_total');
    this.#streams = families.counter('playpath_audience_streams_total');
    this.#downloads = families.counter('playpath_audience_downloads_total');
    this.#devices = families.counter('playpath_audience_devices_total');
    this.#excluded = families.counter('playpath_audience_excluded_total');
    this.#consumption = families.counter('playpath_audience_consumption_seconds_total');
  }

  audience(dimensions: ViewerDimensions, counts: AudienceCounts): void {
    const platformClass = this.#space.column(PLATFORM_CLASS).id(counts.platformClass);
    const window = this.#space.column(AUDIENCE_WINDOW).id(counts.window);
    const key = this.#starts.layout.key(platformClass, window, this.#space.viewer(dimensions));
    if (counts.starts > 0) this.#starts.add(key, counts.starts);
    if (counts.streams > 0) this.#streams.add(key, counts.streams);
    if (counts.downloads > 0) this.#downloads.add(key, counts.downloads);
    if (counts.devices > 0) this.#devices.add(key, counts.devices);
    if (counts.consumptionSeconds > 0) this.#consumption.add(key, counts.consumptionSeconds);
  }

  excluded(reason: AudienceExclusion, count: number): void {
    this.#excluded.add(this.#excluded.layout.key(this.#space.column(EXCLUSION).id(reason)), count);
  }
}
