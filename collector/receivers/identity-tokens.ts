import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { UnixMs } from '../model/time.ts';

/** Whose token a sender must show, and that it was made for us. */
export type IdentityRules = {
  /** `iss`. */
  readonly issuer: string;
  /** Where the issuer publishes its keys (JWKS). */
  readonly keys: string;
  /** `aud`. */
  readonly audience: string;
  /** Account the token was made out to: whoever has an account there may ask for a token of any audience. */
  readonly email: string;
};

const FETCH_MS = 5_000;
/** Keys are looked up anew after this, or when a token names one that is unknown, but not more often than that. */
const KEYS_AGE_MS = 3_600_000;
const KEYS_PAUSE_MS = 30_000;
const CLOCK_SECONDS = 60;

/**
 * Checks tokens of OpenID Connect as Google Pub/Sub sends them with a push
 * (https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions): signed by a key of the issuer, for our audience,
 * made out to the account of the subscription, and in force.
 */
export class IdentityTokens {
  readonly #keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();

  /** False as well while the issuer's keys cannot be had: the sender comes again. */
  async isGood(token: string, { issuer, keys, audience, email }: IdentityRules, nowMs: UnixMs): Promise<boolean> {
    if (token === '') return false;
    try {
      const { payload } = await jwtVerify(token, this.#keySet(keys), {
        issuer,
        audience,
        algorithms: ['RS256', 'ES256'],
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_SECONDS,
        currentDate: new Date(nowMs),
      });
      return payload.email === email && payload.email_verified === true;
    } catch {
      return false;
    }
  }

  #keySet(url: string): ReturnType<typeof createRemoteJWKSet> {
    const known = this.#keySets.get(url);
    if (known !== undefined) return known;
    const keySet = createRemoteJWKSet(new URL(url), {
      timeoutDuration: FETCH_MS,
      cacheMaxAge: KEYS_AGE_MS,
      cooldownDuration: KEYS_PAUSE_MS,
    });
    this.#keySets.set(url, keySet);
    return keySet;
  }
}
