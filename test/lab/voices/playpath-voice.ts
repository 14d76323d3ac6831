import type { PlayerState } from '../../../collector/model/media.ts';
import type { Rendition } from '../catalogue.ts';
import type { Exchange } from '../exchange.ts';
import type { MediaObject } from '../media-object.ts';
import type { PlayerStatus, VoiceState } from '../session-facts.ts';
import { CmcdV1Voice } from './cmcd-v1-voice.ts';
import { type Fields, requestBeacon, tenths } from './request-beacon.ts';
import { SilentVoice } from './silent-voice.ts';

/** The hook sends what it has two seconds after the first of it. */
const FLUSH_MS = 2000;
const FRAMES_PER_SECOND = 25;
/** So many requests in a row from another host, and the hook believes that the CDN changed. */
const MOVED_AFTER = 3;

/**
 * The Playpath hook (docs/beacon.md, collector/player) on hls.js: `?rid=` on every request, and beacons for every
 * state, error, rendition and request, in envelopes. A page that goes away sends what is left; a dead one does not.
 */
export class PlaypathVoice extends SilentVoice {
  override readonly tickMs: number = 10_000;
  readonly #status: PlayerStatus;
  /** Half of the sites have CMCD v1 switched on, too. */
  readonly #cmcd: CmcdV1Voice | null;
  #queue: Fields[] = [];
  #sequence = 0;
  #hasPlayed = false;
  #isSeeking = false;
  #isBuffering = false;
  #host = '';
  #newHost = { host: '', requests: 0, sinceMs: 0 };
  #trouble = 'unknown';

  constructor(status: PlayerStatus) {
    super();
    this.#status = status;
    this.#cmcd = status.facts.serial % 2 === 0 ? new CmcdV1Voice(status) : null;
  }

  override queryFor(object: MediaObject, nowMs: number): { readonly query: string; readonly rid: string } {
    const cmcd = this.#cmcd?.queryFor(object, nowMs).query ?? '';
    if (this.#status.facts.isBlocked) return { query: cmcd, rid: '' };
    const rid = this.#status.facts.random.hex(16);
    return { query: cmcd === '' ? `rid=${rid}` : `${cmcd}&rid=${rid}`, rid };
  }

  override loaded(nowMs: number): void {
    this.#say({ event: 'session_start' }, nowMs, nowMs);
  }

  override playRequested(nowMs: number): void {
    const reason = this.#status.facts.serial % 3 === 0 ? 'click' : 'autoplay';
    this.#say({ event: 'play', ...this.#measures(), reason }, nowMs, nowMs);
  }

  override firstFrame(startupMs: number, nowMs: number): void {
    this.#hasPlayed = true;
    this.#say({ event: 'playback_start', ...this.#measures(), startupMs: tenths(startupMs) }, nowMs, nowMs);
  }

  override entered(state: VoiceState, nowMs: number): void {
    this.#cmcd?.entered(state, nowMs);
    if (state === 'rebuffering') this.#trouble = 'stall';
    const fields = this.#fieldsOf(state);
    if (fields !== null) this.#say({ ...fields, ...this.#measures() }, nowMs, nowMs);
  }

  override chosen(from: Rendition, to: Rendition, nowMs: number): void {
    const { kbps: bitrateKbps, height } = to;
    const what = { bitrateKbps, height, phase: 'requested', fromBitrateKbps: from.kbps, reason: 'abr' };
    this.#say({ event: 'rendition_switch', ...this.#measures(), ...what }, nowMs, nowMs);
  }

  override shown(fromKbps: number, toKbps: number, atMs: number, nowMs: number): void {
    const what = { bitrateKbps: toKbps, phase: 'applied', fromBitrateKbps: fromKbps };
    this.#say({ event: 'rendition_switch', ...this.#measures(), ...what }, atMs, nowMs);
  }

  override ended(exchange: Exchange, nowMs: number): void {
    this.#say({ event: 'request', ...requestBeacon(exchange, this.#status.facts.clockSkewMs) }, nowMs, nowMs);
    const { ending } = exchange;
    if (ending === 'http_error' || ending === 'timeout') {
      this.#trouble = ending === 'timeout' ? 'timeout' : '5xx';
      this.#error(exchange, false, nowMs);
    }
    if (ending === 'ok' && exchange.object.objectType !== 'manifest') this.#watchHost(exchange, nowMs);
  }

  override failed(exchange: Exchange | null, nowMs: number): void {
    this.#error(exchange, true, nowMs);
    this.#flush(nowMs);
  }

  override ad(phase: 'start' | 'end', nowMs: number): void {
    this.#say({ event: `ad_${phase}`, ...this.#measures() }, nowMs, nowMs);
  }

  override downloaded(nowMs: number): void {
    const { content } = this.#status.facts;
    this.#say({ event: 'file_downloaded', url: `https://cf.media.example.com/files/${content.id}.mp4` }, nowMs, nowMs);
  }

  override tick(nowMs: number): void {
    this.#say({ event: 'heartbeat', ...this.#measures(), state: stateWord(this.#status.state) }, nowMs, nowMs);
  }

  override left(nowMs: number): void {
    this.#say({ event: 'visibility', hidden: true, ...this.#measures() }, nowMs, nowMs);
    this.#say({ event: 'session_end', ...this.#measures(), reason: 'page_closed' }, nowMs, nowMs);
    this.#flush(nowMs);
  }

  /** Names of the hook for entering a state; the first frame and failures have events of their own. */
  #fieldsOf(state: VoiceState): Fields | null {
    switch (state) {
      case 'playing': {
        const event = this.#isSeeking ? 'seek' : this.#isBuffering ? 'buffering' : 'playing';
        this.#isSeeking = false;
        this.#isBuffering = false;
        if (!this.#hasPlayed) return null;
        return event === 'playing' ? { event } : { event, phase: 'end' };
      }
      case 'rebuffering':
        this.#isBuffering = true;
        return { event: 'buffering' };
      case 'seeking':
        this.#isSeeking = true;
        return { event: 'seek' };
      case 'paused':
        return { event: 'pause' };
      case 'ended':
        return { event: 'content_end' };
      case 'preloading':
      case 'starting':
      case 'ad':
      case 'failed':
        return null;
      default: {
        const never: never = state;
        return never;
      }
    }
  }

  /** What rides on every event of a media element. */
  #measures(): Fields {
    const { bufferMs, playheadMs, shownKbps, measuredKbps, liveLatencyMs, renderedSeconds, facts } = this.#status;
    const shown = facts.content.ladder.find(({ kbps }) => kbps === shownKbps);
    const decodedFrames = Math.floor(renderedSeconds * FRAMES_PER_SECOND);
    return {
      ...(shown === undefined ? {} : { bitrateKbps: shown.kbps, height: shown.height }),
      playheadMs: tenths(playheadMs),
      bufferMs: tenths(bufferMs),
      measuredKbps: Number.isNaN(measuredKbps) ? 500 : tenths(measuredKbps),
      ...(Number.isNaN(liveLatencyMs) ? {} : { liveLatencyMs: tenths(liveLatencyMs) }),
      droppedFrames: Math.floor(decodedFrames * 0.002),
      decodedFrames,
      ...(this.#host === '' ? {} : { cdn: this.#host }),
    };
  }

  #watchHost({ host }: Exchange, nowMs: number): void {
    if (this.#host === '') this.#host = host;
    if (host === this.#host) return;
    if (host !== this.#newHost.host) this.#newHost = { host, requests: 0, sinceMs: nowMs };
    if (++this.#newHost.requests < MOVED_AFTER) return;
    this.#host = host;
    this.#say({ event: 'cdn', cdn: host, reason: this.#trouble }, this.#newHost.sinceMs, nowMs);
    this.#newHost = { host: '', requests: 0, sinceMs: 0 };
    this.#trouble = 'unknown';
  }

  #error(exchange: Exchange | null, isFatal: boolean, nowMs: number): void {
    const isTimeout = exchange?.ending === 'timeout';
    const code = exchange === null ? 'bufferAppendError' : isTimeout ? 'fragLoadTimeOut' : 'fragLoadError';
    const status = exchange?.answer.status ?? 0;
    this.#say(
      {
        event: 'error',
        ...this.#measures(),
        code,
        message: exchange === null ? 'decoder gave up' : isTimeout ? 'timed out' : `HTTP Error ${status}`,
        fatal: isFatal,
        class: status === 401 || status === 403 ? 'business' : 'technical',
        ...(exchange === null ? {} : { url: `https://${exchange.host}${exchange.object.path}` }),
      },
      nowMs,
      nowMs,
    );
    this.#status.errorTold();
  }

  /** Queues an event that happened at `atMs`. */
  #say(fields: Fields, atMs: number, nowMs: number): void {
    const { facts } = this.#status;
    this.#queue.push({ ...fields, ts: tenths(atMs + facts.clockSkewMs), seq: this.#sequence++ });
    if (this.#queue.length > 1) return;
    const first = this.#queue;
    // A page that is gone by then sends nothing.
    facts.at(nowMs + FLUSH_MS, () => {
      if (this.#queue === first && !this.#status.isClosed) this.#flush(facts.nowMs());
    });
  }

  #flush(nowMs: number): void {
    if (this.#queue.length === 0) return;
    const { facts } = this.#status;
    const body = JSON.stringify({
      session: facts.sid,
      content: facts.content.id,
      title: facts.content.title,
      property: facts.serial % 4 === 0 ? 'app' : 'web',
      streamType: facts.content.isLive ? 'live' : 'vod',
      ...(facts.serial % 5 === 0 ? { viewer: `u-${facts.serial % 4000}` } : {}),
      player: 'hls.js',
      events: this.#queue,
    });
    this.#queue = [];
    this.#status.post('/v1/beacon', 'text/plain;charset=UTF-8', body, nowMs);
  }
}

function stateWord(state: VoiceState): PlayerState {
  return state === 'ad' ? 'starting' : state;
}
