import { type Attributes } from '../model/span';
import { asRecords, asText } from './values';

/**
 * Attributes left where they came: a list of `{key, value}`. A span has some twenty and is asked for a few, so that
 * looking through the list costs less than a map of each of ten thousand spans.
 */
export class TagAttributes implements Attributes {
  // Not #tags: the build makes a weak map of it, and this is read two hundred thousand times.
  private readonly tags: ReadonlyArray<Record<string, unknown>>;

  constructor(tags: unknown) {
    this.tags = asRecords(tags);
  }

  get size(): number {
    return this.tags.length;
  }

  get(name: string): unknown {
    for (const tag of this.tags) {
      if (tag.key === name) {
        return tag.value;
      }
    }
    return undefined;
  }

  *[Symbol.iterator](): Iterator<readonly [string, unknown]> {
    for (const { key, value } of this.tags) {
      yield [asText(key), value];
    }
  }
}
