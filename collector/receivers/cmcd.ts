import type { LineDecoder } from '../formats/format.ts';
import { eachLine } from './lines.ts';
import { type DecodePlayerBody, type PlayerReceiver, playerRoute } from './player-route.ts';
import type { Route } from './route.ts';

/** dash.js keeps every batch it could not post and sends them together: far more than one report. */
const MAX_BYTES = 4 * 1024 * 1024;
const LINE_BYTES = 64 * 1024;
const SAMPLE_BYTES = 4_096;
const DECODER = new TextDecoder('utf-8');

/** `POST /v1/cmcd`: CMCD v2 event mode (CTA-5004-B), one report a line; `decoder` is that of format `cmcd-event`. */
export function cmcdRoute(receiver: PlayerReceiver, decoder: LineDecoder): Route {
  const limits = { maxBytes: MAX_BYTES, maxInflatedBytes: MAX_BYTES };
  return playerRoute('/v1/cmcd', limits, receiver, cmcdBodyDecoder(decoder));
}

/** Events of a posted body. The content type decides nothing: cml sends three different ones. */
export function cmcdBodyDecoder(decoder: LineDecoder): DecodePlayerBody {
  return (body, delivery, emit, refuse) => {
    const { client } = delivery;
    eachLine(body, 0, body.length, LINE_BYTES, {
      record: (bytes, start, end) => {
        const decoded = decoder.decode(bytes, start, end, delivery, (event) => {
          if (client === null || event.client) emit(event);
          else if (event.kind === 'player') emit({ ...event, client });
          else {
            event.client = client;
            emit(event);
          }
        });
        if (decoded !== '' && decoded !== 'skip') refuse(decoded, sampleOf(bytes, start, end));
        return true;
      },
      refuse: (reason, bytes, start, end) => refuse(reason, sampleOf(bytes, start, end)),
    });
  };
}

function sampleOf(bytes: Uint8Array, start: number, end: number): string {
  return DECODER.decode(bytes.subarray(start, Math.min(end, start + SAMPLE_BYTES)));
}
