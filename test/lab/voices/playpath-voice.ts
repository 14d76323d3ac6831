import type { Rendition } from '../catalogue.ts';
import type { Exchange } from '../exchange.ts';
import type { MediaObject } from '../media-object.ts';
import type { PlayerStatus, VoiceState } from '../session-facts.ts';
import { CmcdV1Voice } from './cmcd-v1-voice.ts';
import { SilentVoice } from './silent-voice.ts';

type Fields = Readonly<Record<string, string | number | boolean>>;

const HEARTBEAT_MS = 10_000;
const FRAMES_PER_SECOND = 25;

/**
 * The Playpath hook (docs/beacon.md) on hls.js: `?rid=` on every request, beacons for every state, request reports.
 * What happened is posted at once; request reports wait for the next post, at most one tick.
 */
export class PlaypathVoice extends SilentVoice {
  override readonly tickMs: number = 5000;
  readonly #status: PlayerStatus;
  /** Half of the sites have CMCD v1 switched on, too. */
  readonly #cmcd: CmcdV1Voice | null;
  #queue: Fields[] = [];
  #sequence = 0;
  #heartbeatMs = 0;
  #hasPlayed = false;
  #isSeeking = false;
  #isBuffering = false;

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
    this.#heartbeatMs = nowMs;
    this.#say({ event: 'session_start' }, nowMs);
    this.#flush(nowMs);
  }

  override playRequested(nowMs: number): void {
    this.#say({ event: 'play', reason: this.#status.facts.serial % 3 === 0 ? 'click' : 'autoplay' }, nowMs);
    this.#flush(nowMs);
  }

  override firstFrame(startupMs: number, nowMs: number): void {
    this.#hasPlayed = true;
    const startup = { event: 'playback_start', startupMs: Math.round(startupMs), bitrateKbps: this.#status.shownKbps };
    this.#say({ ...startup, ...this.#measures() }, nowMs);
    this.#flush(nowMs);
  }

  override entered(state: VoiceState, nowMs: number): void {
    this.#cmcd?.entered(state, nowMs);
    const fields = this.#fieldsOf(state);
    if (fields === null) return;
    this.#say({ ...fields, ...this.#measures() }, nowMs);
    this.#flush(nowMs);
  }

  override chosen(from: Rendition, to: Rendition, nowMs: number): void {
    this.#say(
      {
        event: 'rendition_switch',
        phase: 'requested',
        bitrateKbps: to.kbps,
        fromBitrateKbps: from.kbps,
        height: to.height,
        reason: to.kbps > from.kbps ? 'throughput' : this.#status.bufferMs < 6000 ? 'buffer' : 'throughput',
      },
      nowMs,
    );
  }

  override shown(fromKbps: number, toKbps: number, atMs: number, _nowMs: number): void {
    this.#say({ event: 'rendition_switch', phase: 'applied', bitrateKbps: toKbps, fromBitrateKbps: fromKbps }, atMs);
  }

  override ended(exchange: Exchange, nowMs: number): void {
    this.#say({ event: 'request', ...requestFields(exchange, this.#status) }, nowMs);
    if (this.#queue.length >= 20) this.#flush(nowMs);
  }

  override retriesSpent(exchange: Exchange, nowMs: number): void {
    this.#error(exchange, false, nowMs);
  }

  override failed(exchange: Exchange | null, nowMs: number): void {
    this.#error(exchange, true, nowMs);
  }

  override moved(cdn: string, nowMs: number): void {
    if (cdn === '') return;
    this.#say({ event: 'cdn', cdn, reason: 'unknown' }, nowMs);
    this.#flush(nowMs);
  }

  override ad(phase: 'start' | 'end', nowMs: number): void {
    this.#say({ event: `ad_${phase}` }, nowMs);
    this.#flush(nowMs);
  }

  override tick(nowMs: number): void {
    if (nowMs - this.#heartbeatMs >= HEARTBEAT_MS - 1) {
      this.#heartbeatMs = nowMs;
      this.#say({ event: 'heartbeat', ...this.#measures() }, nowMs);
    }
    this.#flush(nowMs);
  }

  override left(nowMs: number): void {
    this.#say({ event: 'visibility', hidden: true }, nowMs);
    this.#say({ event: 'session_end', reason: 'pagehide' }, nowMs);
    this.#flush(nowMs);
  }

  /** Names of the hook for entering a state; the first frame and failures have events of their own. */
  #fieldsOf(state: VoiceState): Fields | null {
    switch (state) {
      case 'playing': {
        const wasSeeking = this.#isSeeking;
        const wasBuffering = this.#isBuffering;
        this.#isSeeking = false;
        this.#isBuffering = false;
        if (!this.#hasPlayed) return null;
        if (wasSeeking) return { event: 'seek', phase: 'end' };
        return wasBuffering ? { event: 'buffering', phase: 'end' } : { event: 'playing' };
      }
      case 'rebuffering':
        this.#isBuffering = true;
        return { event: 'buffering', phase: 'start' };
      case 'seeking':
        this.#isSeeking = true;
        return { event: 'seek', phase: 'start' };
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

  #measures(): Fields {
    const { bufferMs, playheadMs, shownKbps, measuredKbps, liveLatencyMs, facts } = this.#status;
    const decodedFrames = this.#hasPlayed ? Math.floor((playheadMs % 3_600_000) / (1000 / FRAMES_PER_SECOND)) : 0;
    return {
      bufferMs: Math.round(bufferMs),
      playheadMs: Math.round(playheadMs),
      ...(Number.isNaN(shownKbps) ? {} : { bitrateKbps: shownKbps }),
      ...(Number.isNaN(measuredKbps) ? {} : { measuredKbps: Math.round(measuredKbps) }),
      ...(Number.isNaN(liveLatencyMs) ? {} : { liveLatencyMs: Math.round(liveLatencyMs) }),
      ...(facts.content.isLive ? {} : { decodedFrames, droppedFrames: Math.floor(decodedFrames * 0.002) }),
    };
  }

  #error(exchange: Exchange | null, isFatal: boolean, nowMs: number): void {
    const status = exchange?.answer.status ?? 0;
    this.#say(
      {
        event: 'error',
        fatal: isFatal,
        code:
          exchange === null ? 'mediaDecodeError' : exchange.ending === 'timeout' ? 'fragLoadTimeOut' : 'fragLoadError',
        message: exchange === null ? 'decoder gave up' : `HTTP ${status}`,
        ...(exchange === null ? {} : { url: `https://${exchange.host}${exchange.object.path}` }),
      },
      nowMs,
    );
    this.#flush(nowMs);
    this.#status.errorTold();
  }

  #say(fields: Fields, atMs: number): void {
    const ts = Math.round((atMs + this.#status.facts.clockSkewMs) * 10) / 10;
    this.#queue.push({ ...fields, ts, seq: this.#sequence++ });
  }

  #flush(nowMs: number): void {
    if (this.#queue.length === 0) return;
    const { facts } = this.#status;
    const cdn = this.#status.cdn(nowMs);
    const body = JSON.stringify({
      session: facts.sid,
      content: facts.content.id,
      title: facts.content.title,
      streamType: facts.content.isLive ? 'live' : 'vod',
      player: 'hls.js',
      property: facts.serial % 4 === 0 ? 'app' : 'web',
      ...(facts.serial % 5 === 0 ? { viewer: `u-${facts.serial % 4000}` } : {}),
      ...(cdn === '' ? {} : { cdn }),
      events: this.#queue,
    });
    this.#queue = [];
    this.#status.post('/v1/beacon', 'text/plain;charset=UTF-8', body, nowMs);
  }
}

/** Section 5 of docs/beacon.md. Only some CDNs expose their request id to the page. */
function requestFields(exchange: Exchange, status: PlayerStatus): Fields {
  const { object, answer, sentMs, ending, host, query, rid } = exchange;
  const isAnswered = ending === 'ok' || ending === 'http_error';
  const startMs = Math.round((sentMs + status.facts.clockSkewMs) * 10) / 10;
  const hasFirstByte = exchange.bodyStartMs < exchange.endMs;
  return {
    url: `https://${host}${object.path}${query === '' ? '' : `?${query}`}`,
    startMs,
    ...(hasFirstByte ? { ttfbMs: Math.round((exchange.bodyStartMs - sentMs) * 10) / 10 } : {}),
    durationMs: Math.round((exchange.endMs - sentMs) * 10) / 10,
    ...(isAnswered || hasFirstByte ? { status: answer.status } : {}),
    ...(exchange.sentBytes > 0 ? { bytes: exchange.sentBytes } : {}),
    ...(rid === '' ? {} : { rid }),
    ...(isAnswered && exchange.network.spec.format !== 'fastly' ? { requestId: exchange.requestId } : {}),
    objectType: object.objectType,
    ...(object.durationMs > 0 ? { mediaDurationMs: Math.round(object.durationMs) } : {}),
    ...(Number.isNaN(object.kbps) ? {} : { bitrateKbps: object.kbps }),
    bufferMs: Math.round(status.bufferMs),
    ...(ending === 'timeout' ? { error: 'timeout' } : {}),
    ...(ending === 'abandoned' || ending === 'left' ? { error: 'client_abort' } : {}),
  };
}
