import type { StreamType } from '../model/media.ts';

/** What an operator knows of one content. Absent texts are '', an absent duration NaN. */
export type CatalogueEntry = {
  readonly contentId: string;
  readonly title: string;
  readonly show: string;
  readonly season: string;
  readonly episode: string;
  readonly producer: string;
  readonly distributor: string;
  readonly category: string;
  readonly streamType: StreamType;
  readonly durationSeconds: number;
};

/** Contents of all catalogues together; a catalogue that holds more is refused as a whole. */
export const MAX_ENTRIES = 1_000_000;

/** The contents of every tenant. A content that is in no catalogue counts all the same, under its id. */
export class Catalogue {
  readonly #tenants = new Map<string, ReadonlyMap<string, CatalogueEntry>>();

  get size(): number {
    let entries = 0;
    for (const contents of this.#tenants.values()) entries += contents.size;
    return entries;
  }

  find(tenant: string, contentId: string): CatalogueEntry | undefined {
    return this.#tenants.get(tenant)?.get(contentId);
  }

  /** Takes the place of what was known of this tenant. `full` leaves that as it was. */
  replace(tenant: string, entries: readonly CatalogueEntry[]): 'replaced' | 'full' {
    const others = this.size - (this.#tenants.get(tenant)?.size ?? 0);
    if (others + entries.length > MAX_ENTRIES) return 'full';
    this.#tenants.set(tenant, new Map(entries.map((entry) => [entry.contentId, entry])));
    return 'replaced';
  }
}
