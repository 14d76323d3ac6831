import { DuplicateFilter } from './duplicate-filter.ts';
import type { SessionKey } from './session-key.ts';

/**
 * Sessions closed lately: what arrives for them is late, not a new session. Of all tenants, whose players may have chosen
 * the same id.
 */
export class ClosedSessions {
  readonly #marks: DuplicateFilter;

  constructor(capacity: number) {
    this.#marks = new DuplicateFilter(capacity);
  }

  add(tenant: string, { a, b, c, d }: SessionKey): void {
    this.#marks.add(a ^ c ^ hashOf(tenant), b ^ d);
  }

  has(tenant: string, { a, b, c, d }: SessionKey): boolean {
    return this.#marks.has(a ^ c ^ hashOf(tenant), b ^ d);
  }

  /** All that is known, for another to `learn`: the same in every process. */
  entries(): Int32Array {
    return this.#marks.entries();
  }

  learn(entries: Int32Array): void {
    for (let at = 0; at < entries.length; at += 2) this.#marks.add(entries[at] as number, entries[at + 1] as number);
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
