import type { ClientDirectory } from '../formats/format.ts';
import type { Event } from '../model/event.ts';
import type { Source } from '../model/source.ts';
import type { BodyLimits } from './body.ts';
import { type CorsOrigins, isPermittedOrigin } from './cors.ts';
import type { Ingest, IngestReason } from './ingest.ts';
import type { PlayerDelivery, PlayerUrls } from './player-delivery.ts';
import { type HttpAnswer, type HttpRequest, NO_CONTENT, type Route } from './route.ts';

/** What every endpoint that players post to needs. */
export type PlayerReceiver = {
  readonly ingest: Ingest;
  /** The configured fleet of players: its events carry this source. */
  readonly source: Source;
  readonly clients: ClientDirectory;
  readonly urls: PlayerUrls;
  /** Page origins whose reports are taken. */
  readonly origins: CorsOrigins;
};

/** Body → events: a pure function of the body and where it came from. */
export type DecodePlayerBody = (
  body: Uint8Array,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
  refuse: (reason: IngestReason, sample: string) => void,
) => void;

/**
 * An endpoint without authentication that is posted to by players. It answers 204 whatever happens: hls.js and
 * dash.js put a batch back on 429 and 5xx, dash.js on any error for ever, and 410 silences a player for the rest of
 * its session (players.md section 3). What cannot be kept is dropped and counted here.
 */
export function playerRoute(
  path: string,
  limits: BodyLimits,
  receiver: PlayerReceiver,
  decode: DecodePlayerBody,
): Route {
  const { ingest, source } = receiver;
  return {
    path,
    methods: ['POST'],
    isCrossOrigin: true,
    limits,
    handle: async (request) => {
      if (!isPermittedOrigin(request.headers, receiver.origins)) {
        ingest.count(source.name, 'foreign_origin');
        return NO_CONTENT;
      }
      decode(
        request.body,
        deliveryOf(request, receiver),
        (event) => {
          if (ingest.accept(event, request.receivedMs) === 'full') ingest.count(source.name, 'dropped_full');
        },
        (reason, sample) => {
          if (reason === 'not_playback') ingest.count(source.name, reason);
          else ingest.reject(source.name, reason, sample);
        },
      );
      await ingest.flush();
      return NO_CONTENT;
    },
    refuse: (problem): HttpAnswer => {
      const reason = problem.code === 'busy' || problem.code === 'internal' ? 'dropped_full' : problem.code;
      ingest.count(source.name, reason);
      return NO_CONTENT;
    },
  };
}

export function deliveryOf(
  request: Pick<HttpRequest, 'peer' | 'headers' | 'receivedMs'>,
  receiver: Pick<PlayerReceiver, 'source' | 'clients' | 'urls'>,
): PlayerDelivery {
  return {
    source: receiver.source,
    receivedMs: request.receivedMs,
    client: receiver.clients.lookup(request.peer, request.headers['user-agent'] ?? '', request.receivedMs),
    urls: receiver.urls,
  };
}
