import type { Rendition } from '../catalogue.ts';
import type { Exchange } from '../exchange.ts';
import { type MediaObject, nextObjectOf } from '../media-object.ts';
import type { PlayerStatus, VoiceState } from '../session-facts.ts';
import { CMCD_CONTENT_TYPE, cmcdQuery, hundreds, joinKeys, objectToken, responseUrl, stateToken } from './cmcd-text.ts';
import { SilentVoice } from './silent-voice.ts';

const DEFAULT_KBPS = 500;
const RTP_FACTOR = 5;

/**
 * hls.js 1.7 with CMCD v2 in the query and an event target: `t ps bc pr rr`, and `e` only when all is lost.
 * `rr` covers successful fragments and init segments; failures show nowhere but in the edge's log.
 */
export class HlsJsVoice extends SilentVoice {
  override readonly tickMs: number = 10_000;
  readonly #status: PlayerStatus;
  readonly #isLive: boolean;
  #requests = 0;
  #events = 0;
  #hasPlaylist = false;
  #hasLevel = false;
  #isStarved = false;
  #hasPlayed = false;
  /** `bl` of events changes on append and flush only, so it is stale while the player starves. */
  #toldBufferMs = Number.NaN;

  constructor(status: PlayerStatus) {
    super();
    this.#status = status;
    this.#isLive = status.facts.content.isLive;
  }

  override queryFor(object: MediaObject, _nowMs: number): { readonly query: string; readonly rid: string } {
    const { facts, state } = this.#status;
    if (!facts.hasCmcd) return { query: '', rid: '' };
    const isSegment = object.role === 'segment';
    const isUrgent = !this.#hasPlayed || state === 'rebuffering' || state === 'seeking';
    const isStarved = this.#isStarved && object.objectType !== 'manifest';
    if (isStarved) this.#isStarved = false;
    const bufferMs = isSegment ? this.#status.bufferMs : this.#toldBufferMs;
    const payload = joinKeys([
      Number.isNaN(bufferMs) ? '' : `bl=(${hundreds(bufferMs)})`,
      object.role === 'master' ? '' : `br=(${Math.round(object.kbps)})`,
      isStarved ? 'bs' : '',
      `cid="${facts.content.id}"`,
      isSegment || object.role === 'init' ? `d=${Math.round(object.durationMs)}` : '',
      isSegment ? `dl=${hundreds(bufferMs)}` : '',
      isSegment ? `lb=(${facts.content.ladder[0]?.kbps})` : '',
      this.#isLive && this.#hasPlayed && !Number.isNaN(this.#status.liveLatencyMs)
        ? `ltc=${hundreds(this.#status.liveLatencyMs)}`
        : '',
      this.#throughput(),
      isSegment ? `nor=("${nextObjectOf(object, 'hls')}")` : '',
      `ot=${objectToken(object.objectType)}`,
      isSegment && this.#hasPlayed ? `pb=(${this.#status.shownKbps})` : '',
      isSegment ? `rtp=${hundreds(object.kbps * RTP_FACTOR)}` : '',
      'sf=h',
      `sid="${facts.sid}"`,
      `sn=${this.#requests++}`,
      this.#streamType(),
      `sta=${stateToken(state)}`,
      isUrgent || isStarved ? 'su' : '',
      isSegment ? `tb=(${Math.round(this.#topKbps)})` : '',
      isSegment ? `tpb=(${this.#topKbps})` : '',
      'v=2',
    ]);
    return { query: cmcdQuery(payload), rid: '' };
  }

  override loaded(nowMs: number): void {
    this.#event('t', nowMs, { state: false });
    this.#event('ps', nowMs, {});
  }

  override playRequested(nowMs: number): void {
    this.#hasLevel = true;
    this.#event('bc', nowMs, {});
    this.#event('pr', nowMs, { extra: 'pr=1' });
  }

  override entered(state: VoiceState, nowMs: number): void {
    if (state === 'preloading' || state === 'ad') return;
    if (state === 'playing') this.#hasPlayed = true;
    if (state === 'rebuffering') this.#isStarved = true;
    this.#event('ps', nowMs, {});
  }

  override chosen(_from: Rendition, _to: Rendition, nowMs: number): void {
    this.#event('bc', nowMs, {});
  }

  override ended(exchange: Exchange, nowMs: number): void {
    const { object, ending, sentMs } = exchange;
    if (ending !== 'ok') return;
    if (object.role === 'playlist') this.#hasPlaylist = true;
    if (object.role === 'segment') this.#toldBufferMs = this.#status.bufferMs;
    if (object.objectType === 'manifest') return;
    this.#event('rr', nowMs, { exchange, tsMs: sentMs });
  }

  override failed(exchange: Exchange | null, nowMs: number): void {
    const code = errorCode(exchange);
    this.#event('e', nowMs, { extra: `ec=("${code}")` });
    this.#status.errorTold();
  }

  override tick(nowMs: number): void {
    this.#event('t', nowMs, {});
  }

  get #topKbps(): number {
    return this.#status.facts.content.ladder.at(-1)?.kbps ?? 0;
  }

  #throughput(): string {
    const kbps = this.#status.measuredKbps;
    return `mtp=(${hundreds(Number.isNaN(kbps) ? DEFAULT_KBPS : kbps)})`;
  }

  #streamType(): string {
    return this.#hasPlaylist ? `st=${this.#isLive ? 'l' : 'v'}` : '';
  }

  #event(event: string, nowMs: number, { extra = '', tsMs = nowMs, state = true, exchange }: EventOptions): void {
    const { facts } = this.#status;
    const isPlaying = this.#status.state === 'playing' && this.#isLive;
    const payload = [
      Number.isNaN(this.#toldBufferMs) ? '' : `bl=(${hundreds(this.#toldBufferMs)})`,
      this.#hasLevel ? `br=(${Math.round(this.#status.rendition.kbps)})` : '',
      `cid="${facts.content.id}"`,
      `e=${event}`,
      extra.startsWith('ec') ? extra : '',
      isPlaying ? `ltc=${hundreds(this.#status.liveLatencyMs)}` : '',
      this.#hasLevel ? this.#throughput() : '',
      extra.startsWith('pr') ? extra : '',
      exchange === undefined ? '' : `rc=${exchange.answer.status}`,
      'sf=h',
      `sid="${facts.sid}"`,
      `sn=${this.#events++}`,
      this.#streamType(),
      state ? `sta=${stateToken(this.#status.state)}` : '',
      `ts=${Math.round(tsMs + facts.clockSkewMs)}`,
      ...(exchange === undefined ? [] : responseKeys(exchange)),
      'v=2',
    ];
    this.#status.post('/v1/cmcd', CMCD_CONTENT_TYPE, `${joinKeys(payload)}\n`, nowMs);
  }
}

type EventOptions = {
  readonly extra?: string;
  readonly tsMs?: number;
  readonly state?: boolean;
  readonly exchange?: Exchange;
};

function responseKeys(exchange: Exchange): readonly string[] {
  return [
    `ttfb=${Math.round(exchange.bodyStartMs - exchange.sentMs)}`,
    `ttlb=${Math.round(exchange.endMs - exchange.sentMs)}`,
    `url="${responseUrl(exchange.host, exchange.object.path, exchange.query)}"`,
  ];
}

/** `ErrorDetails` of hls.js. */
function errorCode(exchange: Exchange | null): string {
  if (exchange === null) return 'bufferAppendError';
  const what = { master: 'manifest', playlist: 'level', init: 'frag', segment: 'frag' }[exchange.object.role];
  return `${what}Load${exchange.ending === 'timeout' ? 'TimeOut' : 'Error'}`;
}
