import type { Rendition } from '../catalogue.ts';
import type { Exchange } from '../exchange.ts';
import { type MediaObject, nextObjectOf } from '../media-object.ts';
import type { PlayerStatus, VoiceState } from '../session-facts.ts';
import { CMCD_CONTENT_TYPE, cmcdQuery, hundreds, joinKeys, objectToken, responseUrl } from './cmcd-text.ts';
import { SilentVoice } from './silent-voice.ts';

/**
 * Shaka 5.2, the minified build: CMCD v2 with plain numbers where the standard has lists, events `t bc e rr`, and
 * never a play state, so its stalls and pauses are not in its events.
 */
export class ShakaVoice extends SilentVoice {
  override readonly tickMs: number = 10_000;
  readonly #status: PlayerStatus;
  #requests = 0;
  #events = 0;
  #hasPlayed = false;
  #hasManifest = false;
  #startupMs = Number.NaN;
  readonly #delayTold = new Set<'request' | 'event'>();

  constructor(status: PlayerStatus) {
    super();
    this.#status = status;
  }

  override queryFor(object: MediaObject, _nowMs: number): { readonly query: string; readonly rid: string } {
    const { facts, bufferMs, state } = this.#status;
    if (!facts.hasCmcd) return { query: '', rid: '' };
    const isSegment = object.role === 'segment';
    const isUrgent = !this.#hasPlayed || state === 'rebuffering' || state === 'seeking';
    const requestedKbps = (object.kbps * 20_000) / Math.max(4000, bufferMs + 2000);
    const delay = isSegment ? this.#delayOnce('request') : '';
    const payload = joinKeys([
      isSegment && bufferMs >= 50 ? `bl=${hundreds(bufferMs)}` : '',
      object.objectType === 'manifest' ? '' : `br=${Math.round(object.kbps)}`,
      `cid="${facts.content.id}"`,
      object.objectType === 'manifest' ? '' : `d=${Math.round(object.durationMs)}`,
      isSegment ? `dl=${hundreds(bufferMs)}` : '',
      delay,
      isSegment ? `nor=("${nextObjectOf(object, 'hls')}")` : '',
      `ot=${objectToken(object.objectType)}`,
      isSegment ? `rtp=${hundreds(requestedKbps)}` : '',
      'sf=h',
      `sid="${facts.sid}"`,
      `sn=${this.#requests++}`,
      `st=${facts.content.isLive ? 'l' : 'v'}`,
      isUrgent && object.objectType !== 'manifest' ? 'su' : '',
      isSegment ? `tb=${Math.round(facts.content.ladder.at(-1)?.kbps ?? 0)}` : '',
      'v=2',
    ]);
    return { query: cmcdQuery(payload), rid: '' };
  }

  override loaded(nowMs: number): void {
    this.#event('t', nowMs, nowMs, '', []);
  }

  override entered(state: VoiceState, _nowMs: number): void {
    if (state === 'playing') this.#hasPlayed = true;
  }

  override firstFrame(startupMs: number, _nowMs: number): void {
    this.#startupMs = startupMs;
  }

  override chosen(_from: Rendition, _to: Rendition, nowMs: number): void {
    this.#event('bc', nowMs, nowMs, '', []);
  }

  override ended(exchange: Exchange, nowMs: number): void {
    const { object, ending, sentMs } = exchange;
    if (object.role === 'master') this.#hasManifest = true;
    if (ending !== 'ok' || object.objectType === 'manifest') return;
    const delay = this.#delayOnce('event');
    const code = `rc=${exchange.answer.status}`;
    this.#event('rr', nowMs, sentMs, delay === '' ? code : `${delay},${code}`, [
      `ttfb=${Math.round(exchange.bodyStartMs - sentMs)}`,
      `ttlb=${Math.round(exchange.endMs - sentMs)}`,
      `url="${responseUrl(exchange.host, object.path, exchange.query)}"`,
    ]);
  }

  override failed(_exchange: Exchange | null, nowMs: number): void {
    this.#event('e', nowMs, nowMs, '', []);
    this.#status.errorTold();
  }

  override tick(nowMs: number): void {
    this.#event('t', nowMs, nowMs, '', []);
  }

  /** `msd` goes out once per mode. */
  #delayOnce(mode: 'request' | 'event'): string {
    if (Number.isNaN(this.#startupMs) || this.#delayTold.has(mode)) return '';
    this.#delayTold.add(mode);
    return `msd=${Math.round(this.#startupMs)}`;
  }

  #event(event: string, nowMs: number, tsMs: number, code: string, timing: readonly string[]): void {
    const { facts, rendition } = this.#status;
    const payload = joinKeys([
      this.#hasManifest ? `br=(${Math.round(rendition.kbps)})` : '',
      `cid="${facts.content.id}"`,
      `e=${event}`,
      code,
      this.#hasManifest ? 'sf=h' : '',
      `sid="${facts.sid}"`,
      `sn=${this.#events++}`,
      this.#hasManifest ? `st=${facts.content.isLive ? 'l' : 'v'}` : '',
      `ts=${Math.round(tsMs + facts.clockSkewMs)}`,
      ...timing,
      'v=2',
    ]);
    this.#status.post('/v1/cmcd', CMCD_CONTENT_TYPE, `${payload}\n`, nowMs);
  }
}
