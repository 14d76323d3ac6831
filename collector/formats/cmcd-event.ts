import { Cmcd } from '../model/cmcd.ts';
import type { Event } from '../model/event.ts';
import type { PlayerEvent, PlayerEventName } from '../model/player-event.ts';
import { RequestReport } from '../model/request.ts';
import type { Delivery } from '../model/source.ts';
import { UrlScrubber } from '../privacy/scrub.ts';
import type { Decoded, Format, FormatSettings, LineDecoder } from './format.ts';
import { ByteBlock } from './parse/byte-block.ts';
import { RecordFingerprint } from './parse/fingerprint.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';
import { settleReport } from './parse/settle-report.ts';
import { UrlReader } from './parse/url-reader.ts';

/**
 * CMCD version 2, event mode (CTA-5004-B): one report a line as players post them. `e=rr` is the player's half of a
 * request, everything else a player event; starvation and start delay that ride on a report become events of their own.
 * https://cdn.cta.tech/cta/media/media/resources/standards/pdfs/cta-5004-final.pdf
 */
export const cmcdEvent: Format = {
  name: 'cmcd-event',
  reference: 'https://github.com/cta-wave/common-media-client-data',
  latenessMs: 30_000,
  create: (settings) => new CmcdEventDecoder(settings),
};

/** Event tokens that change nothing but show that the player is there. */
const PRESENCE = new Set(['t', 'pr', 'c', 'm', 'um', 'pe', 'pc', 'ce', 'abs', 'abe']);
const NAMES: ReadonlyMap<string, PlayerEventName> = new Map([
  ['ps', 'state'],
  ['bc', 'rendition'],
  ['e', 'error'],
  ['b', 'visibility'],
  ['h', 'cdn'],
  ['as', 'ad_start'],
  ['ae', 'ad_end'],
  // A skipped ad is over as well.
  ['sk', 'ad_end'],
]);

class CmcdEventDecoder implements LineDecoder {
  readonly #block = new ByteBlock();
  readonly #cmcd = new Cmcd();
  readonly #report = new RequestReport();
  readonly #fingerprint = new RecordFingerprint();
  readonly #urls: UrlReader;

  constructor(settings: FormatSettings) {
    this.#urls = new UrlReader('', new UrlScrubber(settings.secrets));
  }

  beginDelivery(): void {
    this.#fingerprint.beginDelivery();
  }

  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded {
    const to = lineEnd(bytes, start, end);
    const from = lineStart(bytes, start, to);
    const refused = lineProblem(from, to);
    if (refused !== '') return refused;
    const cmcd = this.#cmcd;
    cmcd.clear();
    this.#block.use(bytes);
    this.#urls.cmcd.scanPlain(this.#block, from, to, cmcd);
    if (cmcd.event === '') return 'unknown_event';
    // dash.js without `enabledKeys` posts only e, ts and v: no session, no use.
    if (cmcd.sid === '') return 'missing_session';
    if (!(cmcd.ts > 0)) return 'missing_time';
    if (cmcd.event === 'rr') {
      if (!this.#readRequest(from, to, delivery)) return 'missing_request';
      const problem = settleReport(this.#report);
      if (problem !== '') return problem;
      emit(this.#report);
    } else {
      const name = PRESENCE.has(cmcd.event) ? 'heartbeat' : NAMES.get(cmcd.event);
      if (name === undefined) return 'unknown_event';
      // A report about the state that names none still shows presence.
      emit(playerEvent(name === 'state' && cmcd.state === '' ? 'heartbeat' : name, cmcd, delivery));
    }
    if (cmcd.isStarved || cmcd.starvedMs > 0) emit(playerEvent('starved', cmcd, delivery));
    if (cmcd.startDelayMs >= 0) emit(playerEvent('startup', cmcd, delivery));
    return '';
  }

  #readRequest(from: number, to: number, delivery: Delivery): boolean {
    const report = this.#report;
    const cmcd = this.#cmcd;
    report.clear();
    report.source = delivery.source;
    report.receivedMs = delivery.receivedMs;
    if (!this.#urls.read(cmcd.url, report)) return false;
    this.#urls.cmcd.scanPlain(this.#block, from, to, report.cmcd);
    // It is in the report's parts now; as it was sent it may hold a token.
    report.cmcd.url = '';
    if (cmcd.objectType !== '') report.objectType = cmcd.objectType;
    report.method = 'GET';
    report.startMs = cmcd.ts;
    report.ttfbMs = cmcd.ttfbMs;
    report.durationMs = cmcd.ttlbMs;
    if (cmcd.responseCode > 0) report.status = cmcd.responseCode;
    else {
      report.errorType = 'no_response';
      report.isComplete = false;
    }
    // A player repeats a batch it could not post: the same line, with its counter, is the same report.
    this.#fingerprint.ofId(delivery.source, this.#block, from, to, report);
    return true;
  }
}

type Writable = { -readonly [K in keyof PlayerEvent]: PlayerEvent[K] };

function playerEvent(name: PlayerEventName, cmcd: Cmcd, delivery: Delivery): PlayerEvent {
  const { source, receivedMs } = delivery;
  const event: Writable = { kind: 'player', name, source, sid: cmcd.sid, tsMs: cmcd.ts, receivedMs };
  if (cmcd.cid !== '') event.contentId = cmcd.cid;
  if (!Number.isNaN(cmcd.sn)) event.seq = cmcd.sn;
  if (cmcd.state !== '') event.state = cmcd.state;
  if (cmcd.streamType !== '') event.streamType = cmcd.streamType;
  if (cmcd.bitrateKbps > 0) event.bitrateKbps = cmcd.bitrateKbps;
  if (cmcd.bufferMs >= 0) event.bufferMs = cmcd.bufferMs;
  if (cmcd.playheadMs >= 0) event.playheadMs = cmcd.playheadMs;
  if (cmcd.measuredKbps > 0) event.measuredKbps = cmcd.measuredKbps;
  if (!Number.isNaN(cmcd.liveLatencyMs)) event.liveLatencyMs = cmcd.liveLatencyMs;
  if (cmcd.droppedFrames >= 0) event.droppedFrames = cmcd.droppedFrames;
  if (cmcd.customEvent !== '') event.reason = cmcd.customEvent;
  const cdn = cmcd.cdn || cmcd.host;
  if (cdn !== '') event.cdn = cdn;
  switch (name) {
    case 'rendition':
      // Players tell of the rendition they ask for; it is on screen once the buffer of that moment has played.
      event.phase = 'requested';
      break;
    case 'error':
      event.errorClass = 'technical';
      // Players that stay in another state go on: dash.js reports every failed segment this way.
      event.isFatal = cmcd.state === 'failed';
      if (cmcd.errorCodes !== '') event.errorCode = cmcd.errorCodes;
      break;
    case 'visibility':
      event.isBackground = cmcd.isBackground;
      break;
    case 'starved':
      if (cmcd.starvedMs > 0) event.starvedMs = cmcd.starvedMs;
      break;
    case 'startup':
      event.startupMs = cmcd.startDelayMs;
      break;
  }
  return event;
}
