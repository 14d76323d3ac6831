import type { Exchange } from '../exchange.ts';
import { AUDIO_KBPS, type MediaObject, nextObjectOf } from '../media-object.ts';
import type { PlayerStatus, VoiceState } from '../session-facts.ts';
import { CMCD_CONTENT_TYPE, cmcdQuery, hundreds, joinKeys, objectToken, responseUrl, stateToken } from './cmcd-text.ts';
import { SilentVoice } from './silent-voice.ts';

const AUDIO = Math.round(AUDIO_KBPS);
const DOWNLOAD_ERROR = 27;
const CMSD_STATIC = Buffer.from('n="origin-1"').toString('base64');

/**
 * dash.js 5.2 with CMCD v2: lists with object-type parameters, `rr` for everything that was fetched, also what failed.
 * Its quirks are kept: `ttfb` in epoch milliseconds, `sta=r` during start-up, `ec` on every report after an error.
 */
export class DashJsVoice extends SilentVoice {
  override readonly tickMs: number = 10_000;
  readonly #status: PlayerStatus;
  readonly #streamType: string;
  readonly #cmsdDynamic: string;
  #requests = 0;
  #events = 0;
  #hasManifest = false;
  #hasPlayed = false;
  #errorCode = '';
  #stalledSinceMs = Number.NaN;
  #starvedMs = Number.NaN;

  constructor(status: PlayerStatus) {
    super();
    this.#status = status;
    this.#cmsdDynamic = Buffer.from(`"${status.facts.viewer.site.toLowerCase()}";rtt=1`).toString('base64');
    this.#streamType = `st=${status.facts.content.isLive ? 'l' : 'v'}`;
  }

  override queryFor(object: MediaObject, _nowMs: number): { readonly query: string; readonly rid: string } {
    const { facts } = this.#status;
    if (!facts.hasCmcd) return { query: '', rid: '' };
    const payload = joinKeys([
      ...(object.role === 'segment' ? this.#segmentKeys(object) : []),
      object.role === 'segment' ? '' : `cid="${facts.content.id}"`,
      object.role === 'segment' ? '' : `ot=${objectToken(object.objectType)}`,
      object.role === 'init' ? 'sf=d' : '',
      `sid="${facts.sid}"`,
      `sn=${this.#requests++}`,
      object.role === 'master' ? '' : this.#streamType,
      `sta=${this.#state}`,
      this.#isUrgent && object.role !== 'master' ? 'su' : '',
      ...(object.role === 'segment' ? this.#topKeys(object.track === 'audio' ? 'a' : 'v') : []),
      'v=2',
    ]);
    return { query: cmcdQuery(payload), rid: '' };
  }

  override loaded(nowMs: number): void {
    this.#interval(nowMs, false);
  }

  override entered(state: VoiceState, nowMs: number): void {
    if (state === 'preloading' || state === 'ad') return;
    if (state === 'rebuffering') this.#stalledSinceMs = nowMs;
    if (state === 'playing') {
      if (!Number.isNaN(this.#stalledSinceMs)) this.#starvedMs = nowMs - this.#stalledSinceMs;
      this.#stalledSinceMs = Number.NaN;
      this.#hasPlayed = true;
    }
    this.#event('ps', nowMs, NO_RESPONSE);
  }

  override ended(exchange: Exchange, nowMs: number): void {
    if (exchange.ending === 'left') return;
    const { object, sentMs } = exchange;
    if (object.role === 'master') this.#hasManifest = true;
    const isSegment = object.role === 'segment';
    const isAnswered = exchange.ending === 'ok' || exchange.ending === 'http_error';
    this.#event('rr', nowMs, {
      cmsd: isAnswered ? `cmsdd="${this.#cmsdDynamic}",cmsds="${CMSD_STATIC}"` : '',
      d: isSegment ? `d=${Math.round(object.durationMs)}` : '',
      nor: isSegment ? `nor=("${nextObjectOf(object, 'dash')}")` : '',
      ot: `ot=${objectToken(object.objectType)}`,
      rc: `rc=${isAnswered ? exchange.answer.status : 0}`,
      tsMs: sentMs,
      ttfb: this.#firstByte(exchange),
      ttlb: `ttlb=${Math.round(exchange.endMs - sentMs)}`,
      url: `url="${responseUrl(exchange.host, object.path, exchange.query)}"`,
    });
  }

  override retriesSpent(_exchange: Exchange, nowMs: number): void {
    this.#errorCode = `ec=${DOWNLOAD_ERROR}`;
    this.#event('e', nowMs, NO_RESPONSE);
    this.#status.errorTold();
  }

  override failed(_exchange: Exchange | null, nowMs: number): void {
    this.#errorCode = `ec=${DOWNLOAD_ERROR}`;
    this.#event('e', nowMs, NO_RESPONSE);
    this.#status.errorTold();
  }

  override tick(nowMs: number): void {
    this.#interval(nowMs, true);
  }

  get #state(): string {
    const { state } = this.#status;
    const isStarting = (state === 'starting' || state === 'ad') && this.#hasManifest;
    return isStarting ? 'r' : stateToken(state === 'preloading' ? 'starting' : state);
  }

  get #isUrgent(): boolean {
    const { state } = this.#status;
    return !this.#hasPlayed || state === 'rebuffering' || state === 'seeking';
  }

  /** The library mixes Date and performance.now: about half of its first bytes are dates, others are missing. */
  #firstByte(exchange: Exchange): string {
    const ms = Math.round(exchange.bodyStartMs - exchange.sentMs);
    if (exchange.object.role !== 'segment' || exchange.ending !== 'ok') return '';
    return exchange.object.index % 2 === 0 ? `ttfb=${Math.round(exchange.sentMs) - 1000 - ms}` : '';
  }

  #segmentKeys(object: MediaObject): readonly string[] {
    const { facts } = this.#status;
    const kind = object.track === 'audio' ? 'a' : 'v';
    const aheadMs = this.#status.aheadMs(object.track);
    const isStarved = kind === 'v' && !Number.isNaN(this.#starvedMs);
    const bsd = isStarved ? `bsd=(${Math.round(this.#starvedMs)};v)` : '';
    if (isStarved) this.#starvedMs = Number.NaN;
    const kbps = this.#status.measuredKbps;
    return [
      `ab=(${Math.round(this.#status.rendition.kbps)};v ${AUDIO};a)`,
      `bl=(${hundreds(aheadMs)};${kind})`,
      `br=(${Math.floor(object.kbps)};${kind})`,
      isStarved ? 'bs' : '',
      bsd,
      `cid="${facts.content.id}"`,
      `d=${Math.round(object.durationMs)}`,
      `dl=${hundreds(aheadMs)}`,
      this.#errorCode,
      `lab=(${Math.round(facts.content.ladder[0]?.kbps ?? 0)};v ${AUDIO};a)`,
      Number.isNaN(kbps) ? '' : `mtp=(${hundreds(kbps)};${kind})`,
      `nor=("${nextObjectOf(object, 'dash')}")`,
      `ot=${objectToken(object.objectType)}`,
      this.#hasPlayed ? `pb=(${Math.round(this.#status.shownKbps)};${kind})` : '',
      `rtp=${hundreds(object.kbps * (5 - 3 * Math.min(1, aheadMs / 10_000))) + 100}`,
      'sf=d',
    ];
  }

  #topKeys(kind: 'a' | 'v'): readonly string[] {
    const top = this.#status.facts.content.ladder.at(-1)?.kbps ?? 0;
    return [
      `tab=(${Math.round(top)};v ${AUDIO};a)`,
      kind === 'a' ? `tb=(${AUDIO};a)` : `tb=(${Math.round(top)};v)`,
      kind === 'a' ? `tpb=(${AUDIO_KBPS};a)` : `tpb=(${top};v)`,
    ];
  }

  /** Interval reports carry no measures. */
  #interval(nowMs: number, hasState: boolean): void {
    const { facts } = this.#status;
    const line = joinKeys([
      `cid="${facts.content.id}"`,
      'e=t',
      this.#errorCode,
      this.#hasManifest ? 'sf=d' : '',
      `sid="${facts.sid}"`,
      `sn=${this.#events++}`,
      this.#hasManifest ? this.#streamType : '',
      hasState ? `sta=${this.#state}` : '',
      `ts=${Math.round(nowMs + facts.clockSkewMs)}`,
      'v=2',
    ]);
    this.#status.post('/v1/cmcd', CMCD_CONTENT_TYPE, `${line}\n`, nowMs);
  }

  #event(event: string, nowMs: number, response: Response): void {
    const { facts, rendition, measuredKbps, liveLatencyMs } = this.#status;
    const top = facts.content.ladder.at(-1)?.kbps ?? 0;
    const hasMedia = this.#hasManifest;
    const video = Math.round(rendition.kbps);
    const line = joinKeys([
      hasMedia ? `ab=(${video};v ${AUDIO};a)` : '',
      `bl=(${hundreds(this.#status.aheadMs('video'))};v ${hundreds(this.#status.aheadMs('audio'))};a)`,
      hasMedia ? `br=(${video};v ${AUDIO};a)` : '',
      `cid="${facts.content.id}"`,
      response.cmsd,
      response.d,
      `e=${event}`,
      this.#errorCode,
      hasMedia ? `lab=(${Math.round(facts.content.ladder[0]?.kbps ?? 0)};v ${AUDIO};a)` : '',
      Number.isNaN(liveLatencyMs) ? '' : `ltc=${hundreds(liveLatencyMs)}`,
      Number.isNaN(measuredKbps) ? '' : `mtp=(${hundreds(measuredKbps)};v)`,
      response.nor,
      response.ot,
      response.rc,
      hasMedia ? 'sf=d' : '',
      `sid="${facts.sid}"`,
      `sn=${this.#events++}`,
      hasMedia ? this.#streamType : '',
      `sta=${this.#state}`,
      hasMedia ? `tab=(${Math.round(top)};v ${AUDIO};a)` : '',
      hasMedia ? `tb=(${Math.round(top)};v ${AUDIO};a)` : '',
      `ts=${Math.round((Number.isNaN(response.tsMs) ? nowMs : response.tsMs) + facts.clockSkewMs)}`,
      response.ttfb,
      response.ttlb,
      response.url,
      'v=2',
    ]);
    this.#status.post('/v1/cmcd', CMCD_CONTENT_TYPE, `${line}\n`, nowMs);
  }
}

/** Keys of a response report, each with its name or ''. */
type Response = {
  readonly cmsd: string;
  readonly d: string;
  readonly nor: string;
  readonly ot: string;
  readonly rc: string;
  readonly tsMs: number;
  readonly ttfb: string;
  readonly ttlb: string;
  readonly url: string;
};

const NO_RESPONSE: Response = {
  cmsd: '',
  d: '',
  nor: '',
  ot: '',
  rc: '',
  tsMs: Number.NaN,
  ttfb: '',
  ttlb: '',
  url: '',
};
