import type { IncomingHttpHeaders } from 'node:http';
import { SessionQuota, ValueQuota } from '../access/quotas.ts';
import { RateLimit, SenderLimits } from '../access/rate-limit.ts';
import type { Event } from '../model/event.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import { cutAddress, DEFAULT_CUT, parseAddress } from '../privacy/addresses.ts';
import { type CorsOrigins, isPermittedOrigin } from './cors.ts';
import type { IngestReason } from './ingest.ts';

/** Somebody who may post players' events: as whom they are filed, and what is let through. */
export type PlayerGuest = {
  readonly source: Source;
  readonly origins: CorsOrigins;
  /** `public`: a key that every page shows. `relay`: a token; it carries others' records and says whose they are. */
  readonly kind: 'open' | 'public' | 'relay';
  /** Before the body is read: '' lets the delivery in. */
  readonly refusal: (headers: IncomingHttpHeaders, peer: string, nowMs: UnixMs) => '' | IngestReason;
  /** The event as it may be stored, or why it may not. */
  readonly admit: (event: Event, nowMs: UnixMs) => Event | IngestReason;
};

export type PlayerKeySettings = {
  readonly key: string;
  readonly origins: CorsOrigins;
  /** '': the events say it. */
  readonly property: string;
  readonly postsPerSecond: number;
  readonly postsPerAddress: number;
  readonly sessions: number;
  readonly values: number;
};

/** Addresses whose rate is known at a time. */
const ADDRESSES = 50_000;
/** What is left of an address for its rate: an IPv6 subscriber has a whole /64. */
const SUBSCRIBER = { ...DEFAULT_CUT, ipv4Prefix: 32, ipv6Prefix: 64 };
/** A value that a label shows when it is one of too many. */
const OTHER = 'other';

/** Who needs no key, or has shown a token: only pages of foreign origins are turned away. */
export function trustedGuest(source: Source, origins: CorsOrigins, kind: 'open' | 'relay'): PlayerGuest {
  return {
    source,
    origins,
    kind,
    refusal: (headers) => (isPermittedOrigin(headers, origins) ? '' : 'foreign_origin'),
    admit: (event) => event,
  };
}

/** Who has shown a public key, which anybody can copy from a page: every kind of flood has its limit. */
export function keyedGuest(source: Source, settings: PlayerKeySettings): PlayerGuest {
  const { origins, property, values } = settings;
  const posts = new RateLimit(settings.postsPerSecond);
  const postsOfAddress = new SenderLimits(settings.postsPerAddress, ADDRESSES);
  const sessions = new SessionQuota(settings.sessions);
  const players = new ValueQuota(values);
  const properties = new ValueQuota(values);
  return {
    source,
    origins,
    kind: 'public',
    refusal: (headers, peer, nowMs) => {
      if (!isPermittedOrigin(headers, origins)) return 'foreign_origin';
      return postsOfAddress.take(subscriberOf(peer), nowMs) && posts.take(nowMs) ? '' : 'rate_limited';
    },
    admit: (event, nowMs) => {
      const sid = event.kind === 'player' ? event.sid : event.cmcd.sid || event.sessionId || event.traceId;
      if (!sessions.admits(sid, nowMs)) return 'session_limit';
      return event.kind === 'player' ? labelled(event) : event;
    },
  };

  function labelled(event: PlayerEvent): PlayerEvent {
    const player = event.player ? players.admit(event.player, OTHER) : undefined;
    const named = property || (event.property ? properties.admit(event.property, OTHER) : undefined);
    if (player === event.player && named === event.property) return event;
    return { ...event, ...(player ? { player } : {}), ...(named ? { property: named } : {}) };
  }
}

function subscriberOf(peer: string): string {
  const address = parseAddress(peer);
  return address === null ? '' : cutAddress(address, SUBSCRIBER);
}
