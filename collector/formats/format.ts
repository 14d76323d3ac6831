import type { Event, RejectReason } from '../model/event.ts';
import type { Delivery } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';

/**
 * A line decoder. One instance per source and stream, because `#Fields` headers and interned values are its state.
 *
 * `decode` reads bytes[start, end) (one line without its newline, or one JSON record) and returns how many events
 * it emitted through `emit`, or why it emitted none. It never throws on data. An emitted RequestReport is the
 * decoder's own instance: valid until the next call.
 */
export interface LineDecoder {
  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded;
  /**
   * A delivery that would be repeated as a whole begins: a file, an upload. Decoders that number equal lines start
   * again, so that the same delivery gives the same fingerprints. A new decoder is at the beginning of one.
   */
  beginDelivery?(): void;
  /** What a header line said is over: the lines that come next are of another file. */
  forgetHeader?(): void;
}

/** '' when the line became events; 'skip' for headers, comments and notes; otherwise the reason it was refused. */
export type Decoded = '' | 'skip' | RejectReason;

/** One wire format: one file in formats/, one fixture folder, one line in the registry. */
export type Format = {
  readonly name: string;
  /** Vendor page or standard that defines it. */
  readonly reference: string;
  /** Default lateness of sources of this format (formats.md section 5). */
  readonly latenessMs: number;
  /** `settings` are the source's format options, already validated by the config schema. */
  readonly create: (settings: FormatSettings) => LineDecoder;
};

export type FormatSettings = {
  readonly timeZone: string;
  /** Order of extra or selected fields, for formats whose operator chooses them. */
  readonly fields: readonly string[];
  /** Linear-time pattern on path and query whose first group is a session id. */
  readonly sessionPattern: string;
  readonly clients: ClientDirectory;
  /** Names of query parameters to remove besides the built-in list. */
  readonly secrets?: readonly string[];
};

/** What a log line itself says about a client; '' and NaN where it does not. */
export type ClientHints = {
  readonly country: string;
  readonly region: string;
  readonly asn: number;
  readonly isBot: boolean;
};

/** Turns (address, user agent) into a Client and forgets the address. Implemented in privacy/. */
export interface ClientDirectory {
  /**
   * Text address and decoded user agent; either may be ''. The address may be a list of proxies with our peer last.
   * `atMs` chooses the salt of the device key: the time of the record or request, by default the newest seen.
   */
  lookup(
    address: string,
    userAgent: string,
    atMs?: UnixMs,
    hints?: ClientHints,
  ): import('../model/client.ts').Client | null;
  /** The same for byte ranges of a log line, without making strings for clients already known. */
  lookupBytes(
    bytes: Uint8Array,
    addressStart: number,
    addressEnd: number,
    agentStart: number,
    agentEnd: number,
    agentEncoding: 'raw' | 'percent',
    atMs?: UnixMs,
    hints?: ClientHints,
  ): import('../model/client.ts').Client | null;
}
