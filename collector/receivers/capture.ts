import type { Decoded, LineDecoder } from '../formats/format.ts';
import type { Event } from '../model/event.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import { decodeBeacons } from './beacon-body.ts';
import { cmcdBodyDecoder } from './cmcd.ts';
import { decodeFaro } from './faro.ts';
import { isRecord, jsonFields, numberField, textField } from './fields.ts';
import { parseJson } from './json-body.ts';
import type { PlayerUrls } from './player-delivery.ts';
import type { DecodePlayerBody } from './player-route.ts';

/**
 * A capture: recorded HTTP posts of players as NDJSON `{recv, kind, ct, body}`, `recv` in Unix ms, `kind` the path
 * they came to, `body` text or `{b64}`. Each line is read as the endpoint of that path would have read it then. What
 * the recording rig noted for itself (`beacon`, `steering`, `preflight`) is skipped and counted.
 */
export class CaptureDecoder {
  readonly #source: Source;
  readonly #urls: PlayerUrls;
  readonly #decoders: ReadonlyMap<string, DecodePlayerBody>;
  readonly #skipped = new Map<string, number>();
  readonly #refused = new Map<string, number>();

  /** `cmcd` is the decoder of format `cmcd-event`. */
  constructor(source: Source, urls: PlayerUrls, cmcd: LineDecoder) {
    this.#source = source;
    this.#urls = urls;
    const decodeCmcd = cmcdBodyDecoder(cmcd);
    this.#decoders = new Map([
      ['cmcd', decodeCmcd],
      ['v1/cmcd', decodeCmcd],
      ['faro', decodeFaro],
      ['v1/faro', decodeFaro],
      ['playpath', decodeBeacons],
      ['v1/beacon', decodeBeacons],
    ]);
  }

  /** Lines skipped by kind; kinds nobody knows count as `other`. */
  get skipped(): ReadonlyMap<string, number> {
    return this.#skipped;
  }

  /** Records inside bodies that were refused, by reason. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  /** One line; events come with the time they were received. */
  decode(bytes: Uint8Array, start: number, end: number, emit: (event: Event, arrivedMs: UnixMs) => void): Decoded {
    const line = parseJson(bytes.subarray(start, end));
    if (line === undefined) return 'not_json';
    if (!isRecord(line)) return 'not_object';
    const fields = jsonFields(line);
    const kind = textField(fields, 32, 'kind');
    const decode = this.#decoders.get(kind);
    if (decode === undefined) {
      const name = RIG_NOTES.has(kind) ? kind : 'other';
      this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + 1);
      return 'skip';
    }
    const receivedMs = numberField(fields, 'recv');
    if (!(receivedMs > 0)) return 'missing_time';
    const delivery = { source: this.#source, receivedMs, client: null, urls: this.#urls };
    decode(
      bodyOf(fields.get('body')),
      delivery,
      (event) => emit(event, receivedMs),
      (reason) => this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1),
    );
    return '';
  }
}

const RIG_NOTES = new Set(['beacon', 'steering', 'preflight']);

function bodyOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body);
  return isRecord(body) && typeof body.b64 === 'string' ? Buffer.from(body.b64, 'base64') : new Uint8Array(0);
}
