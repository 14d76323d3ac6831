import { traceIdOf } from '../../model/ids.ts';

/**
 * A session's 128-bit trace id as four integers, so that tables need no string. One instance is reused per caller.
 * HOT PATH: runs once per log line.
 */
export class SessionKey {
  a = 0;
  b = 0;
  c = 0;
  d = 0;
  readonly #derived = new Map<string, string>();
  readonly #derivedLimit: number;

  constructor(derivedLimit = 65_536) {
    this.#derivedLimit = derivedLimit;
  }

  /** Sets the key of `sid` in `tenant`. UUIDs and 32 hex digits are read in place, other ids are hashed once. */
  set(tenant: string, sid: string): void {
    if ((sid.length === 36 || sid.length === 32) && this.#readHex(sid)) return;
    this.#readHex(this.#derive(tenant, sid));
  }

  /** The trace id as 32 hex digits. */
  hex(): string {
    return hex8(this.a) + hex8(this.b) + hex8(this.c) + hex8(this.d);
  }

  #derive(tenant: string, sid: string): string {
    const cacheKey = `${tenant}\n${sid}`;
    let traceId = this.#derived.get(cacheKey);
    if (traceId === undefined) {
      traceId = traceIdOf(tenant, sid);
      if (this.#derived.size >= this.#derivedLimit) this.#derived.clear();
      this.#derived.set(cacheKey, traceId);
    }
    return traceId;
  }

  #readHex(text: string): boolean {
    let word = 0;
    let digits = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      let value: number;
      if (code >= 48 && code <= 57) value = code - 48;
      else if (code >= 97 && code <= 102) value = code - 87;
      else if (code >= 65 && code <= 70) value = code - 55;
      else if (code === 45 && text.length === 36 && (i === 8 || i === 13 || i === 18 || i === 23)) continue;
      else return false;
      word = (word << 4) | value;
      if ((++digits & 7) === 0) {
        if (digits === 8) this.a = word;
        else if (digits === 16) this.b = word;
        else if (digits === 24) this.c = word;
        else this.d = word;
      }
    }
    return digits === 32 && (this.a | this.b | this.c | this.d) !== 0;
  }
}

function hex8(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
