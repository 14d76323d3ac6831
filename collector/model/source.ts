import type { UnixMs } from './time.ts';

/** Which party reports an HTTP exchange, in the order a request travels. */
export const TIERS = ['player', 'edge', 'shield', 'origin'] as const;
export type Tier = (typeof TIERS)[number];

/**
 * One configured input: who wrote its lines, how, and how late they may be.
 * Immutable; one instance per source for the life of the process, so identity is a fast key.
 */
export type Source = {
  /** Position in the list of sources: a small integer that columns can hold. */
  readonly index: number;
  readonly name: string;
  /** Name of the wire format, a key of the registry in formats/index.ts. */
  readonly format: string;
  readonly tier: Tier;
  /** The delivery network's, origin's or player fleet's configured name: `cdn.name` and `service.name`. */
  readonly emitter: string;
  readonly tenant: string;
  /** How long after its time a record may still arrive. */
  readonly latenessMs: number;
  /** Share of records the source writes, 0 < rate <= 1; counts are weighted by its inverse. */
  readonly sampleRate: number;
  /** IANA zone for formats that write local time without one. */
  readonly timeZone: string;
};

/** Where and when a record reached us. `offset` makes lines without an id of their own distinct. */
export type Delivery = {
  readonly source: Source;
  /** Collector clock at reception. */
  readonly receivedMs: UnixMs;
};
