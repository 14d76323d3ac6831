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
  #startupMs = Number.NaN;

  constructor(status: PlayerStatus) {
    super();
    this.#status = status;
  }

  override queryFor(object: MediaObject, _nowMs: number): { readonly query: string; readonly rid: string } {
    const { facts, bufferMs, measuredKbps, state } = this.#status;
    if (!facts.hasCmcd) return { query: '', rid: '' };
    const isSegment = object.role === 'segment';
    const isUrgent = !this.#hasPlayed || state === 'rebuffering' || state === 'seeking';
    const startupMs = this.#startupMs;
    this.#startupMs = Number.NaN;
    const payload = joinKeys([
      isSegment ? `bl=${hundreds(bufferMs)}` : '',
      object.role === 'master' ? '' : `br=${Math.round(object.kbps)}`,
      `cid="${facts.content.id}"`,
      isSegment ? `d=${Math.round(object.durationMs)}` : '',
      isSegment ? `dl=${hundreds(bufferMs)}` : '',
      Number.isNaN(startupMs) ? '' : `msd=${Math.round(startupMs)}`,
      isSegment ? `nor="${nextObjectOf(object, 'hls')}"` : '',
      `ot=${objectToken(object.objectType)}`,
      isSegment && !Number.isNaN(measuredKbps) ? `rtp=${hundreds(Math.min(measuredKbps, object.kbps * 4))}` : '',
      'sf=h',
      `sid="${facts.sid}"`,
      `sn=${this.#requests++}`,
      `st=${facts.content.isLive ? 'l' : 'v'}`,
      isUrgent ? 'su' : '',
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
    if (ending !== 'ok' || object.role !== 'segment') return;
    this.#event('rr', nowMs, sentMs, `rc=${exchange.answer.status}`, [
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

  #event(event: string, nowMs: number, tsMs: number, code: string, timing: readonly string[]): void {
    const { facts, bufferMs, rendition } = this.#status;
    const payload = joinKeys([
      this.#hasPlayed ? `bl=${hundreds(bufferMs)}` : '',
      `br=${Math.round(rendition.kbps)}`,
      `cid="${facts.content.id}"`,
      `e=${event}`,
      code,
      'sf=h',
      `sid="${facts.sid}"`,
      `sn=${this.#events++}`,
      `st=${facts.content.isLive ? 'l' : 'v'}`,
      `ts=${Math.round(tsMs + facts.clockSkewMs)}`,
      ...timing,
      'v=2',
    ]);
    this.#status.post('/v1/cmcd', CMCD_CONTENT_TYPE, `${payload}\n`, nowMs);
  }
}
