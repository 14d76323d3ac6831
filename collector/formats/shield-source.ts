import type { Source } from '../model/source.ts';

const shields = new WeakMap<Source, Source>();

/**
 * The same source as the tier between edge and origin: CDNs that shield log a missed request at both, into one
 * stream, and only the line tells which. One instance per source, because identity is a key.
 */
export function shieldOf(source: Source): Source {
  if (source.tier !== 'edge') return source;
  let shield = shields.get(source);
  if (shield === undefined) {
    shield = { ...source, tier: 'shield' };
    shields.set(source, shield);
  }
  return shield;
}
