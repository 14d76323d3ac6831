import { createHash, timingSafeEqual } from 'node:crypto';
import type { Grant, Purpose } from '../model/grant.ts';

/** A token as it is configured: whose data, what for, and the secret itself. */
export type TokenSettings = Grant & { readonly token: string };

type Known = { readonly grant: Grant; readonly digest: Buffer };

/**
 * The configured tokens. Kept and compared as digests, always with every one of them, so that neither content nor
 * length of a guess changes how long an answer takes. Asked once per request, never per line.
 */
export class AccessTokens {
  readonly #known: readonly Known[];

  constructor(tokens: readonly TokenSettings[]) {
    this.#known = tokens.map(({ name, tenant, purpose, token }) => ({
      grant: { name, tenant, purpose },
      digest: digestOf(token),
    }));
  }

  /** Whether anybody has to show a token for this. */
  guards(purpose: Purpose): boolean {
    return this.#known.some(({ grant }) => grant.purpose === purpose);
  }

  /** Every grant the token stands for; the same secret may be configured for several purposes. */
  grantsOf(shown: string): readonly Grant[] {
    const digest = digestOf(shown);
    const found: Grant[] = [];
    for (const known of this.#known) if (timingSafeEqual(known.digest, digest)) found.push(known.grant);
    return found;
  }
}

export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
