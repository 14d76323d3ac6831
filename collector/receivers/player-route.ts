import type { ClientDirectory } from '../formats/format.ts';
import type { Event } from '../model/event.ts';
import type { Source } from '../model/source.ts';
import type { BodyLimits } from './body.ts';
import type { Ingest, IngestReason } from './ingest.ts';
import type { PlayerDelivery, PlayerUrls } from './player-delivery.ts';
import type { PlayerDoor } from './player-door.ts';
import { errorAnswer, type HttpAnswer, type HttpRequest, NO_CONTENT, type Route } from './route.ts';

/** What every endpoint that players post to needs. */
export type PlayerReceiver = {
  readonly ingest: Ingest;
  /** Who may post, and as whom. */
  readonly door: PlayerDoor;
  readonly clients: ClientDirectory;
  readonly urls: PlayerUrls;
};

/** Body → events: a pure function of the body and where it came from. */
export type DecodePlayerBody = (
  body: Uint8Array,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
  refuse: (reason: IngestReason, sample: string) => void,
) => void;

/**
 * An endpoint that players post to. It answers 204 to what it can never take: dash.js repeats after any error for
 * ever, and 410 silences a player for the rest of its session (players.md section 3). Who has no key, posts from a
 * foreign page or too often is answered so before the body is read. Only while the bus takes nothing is it 503: hls.js
 * and dash.js put such a batch back, and an answer of 204 is a promise.
 */
export function playerRoute(
  path: string,
  limits: BodyLimits,
  receiver: PlayerReceiver,
  decode: DecodePlayerBody,
): Route {
  const { ingest, door } = receiver;
  const nameOf = (request: Omit<HttpRequest, 'body'>): string => (door.guestOf(request) ?? door.stranger).source.name;
  return {
    path,
    methods: ['POST'],
    isCrossOrigin: true,
    limits,
    authorize: (request) => {
      const guest = door.guestOf(request);
      const reason = guest === null ? 'unauthorized' : guest.refusal(request.headers, request.peer, request.receivedMs);
      if (reason === '') return null;
      ingest.count((guest ?? door.stranger).source.name, reason);
      return NO_CONTENT;
    },
    handle: async (request) => {
      const guest = door.guestOf(request) ?? door.stranger;
      const { name } = guest.source;
      let isFull = false;
      decode(
        request.body,
        deliveryOf(request, receiver, guest.source),
        (event) => {
          const admitted = guest.admit(event, request.receivedMs);
          if (typeof admitted === 'string') ingest.count(name, admitted);
          else if (!isFull && ingest.accept(admitted, request.receivedMs) === 'full') isFull = true;
        },
        (reason, sample) => {
          if (reason === 'not_playback') ingest.count(name, reason);
          else ingest.reject(name, reason, sample);
        },
      );
      if ((await ingest.flush()) === 'full' || isFull) {
        return errorAnswer(503, 'busy', 'The collector is full. Send it again later.');
      }
      return NO_CONTENT;
    },
    refuse: (problem, request): HttpAnswer => {
      const reason = problem.code === 'busy' || problem.code === 'internal' ? 'dropped_full' : problem.code;
      ingest.count(nameOf(request), reason);
      return NO_CONTENT;
    },
  };
}

export function deliveryOf(
  request: Pick<HttpRequest, 'peer' | 'headers' | 'receivedMs'>,
  receiver: Pick<PlayerReceiver, 'clients' | 'urls'>,
  source: Source,
): PlayerDelivery {
  return {
    source,
    receivedMs: request.receivedMs,
    client: receiver.clients.lookup(request.peer, request.headers['user-agent'] ?? '', request.receivedMs),
    urls: receiver.urls,
  };
}
