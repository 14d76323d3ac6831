import { Blame } from './blame.ts';
import type { Rendition } from './catalogue.ts';
import { Downloader, type DownloadListener } from './downloader.ts';
import type { Exchange } from './exchange.ts';
import type { MediaObject, Track } from './media-object.ts';
import { type LabState, Playback } from './playback.ts';
import { type MachineListener, PlayerMachine } from './player-machine.ts';
import { RateChooser } from './rate-chooser.ts';
import type { PlayerStatus, PlayerVoice, SessionFacts, VoiceState } from './session-facts.ts';
import { SessionLedger } from './session-ledger.ts';
import type { SessionPlan, SessionWorld } from './session-plan.ts';
import type { SessionTruth } from './session-truth.ts';
import { causeOfStep } from './step-cause.ts';
import { edgeRecordOf } from './wire/edge-record.ts';

/** One person's playback of one content: player, downloader and voice put together, and its truth at the end. */
export class ViewerSession implements DownloadListener, MachineListener, PlayerStatus {
  readonly facts: SessionFacts;
  readonly ledger = new SessionLedger();
  readonly playback: Playback;
  readonly #plan: SessionPlan;
  readonly #world: SessionWorld;
  readonly #downloader: Downloader;
  readonly #machine: PlayerMachine;
  readonly voice: PlayerVoice;
  readonly #blame = new Blame();
  readonly #chooser: RateChooser;
  readonly #startMs: number;
  #terminal: 'ended' | 'failed' | null = null;
  #isClosed = false;
  #shownRuns = 0;
  /** The last media object trickled into the edge because its caches are not used. */
  #isFillStarved = false;
  /** What the person does when the first frame is there, and when a stall begins. */
  onFirstFrame: (nowMs: number) => void = () => {};
  onStall: (nowMs: number) => void = () => {};

  constructor(plan: SessionPlan, world: SessionWorld, nowMs: number) {
    const { facts, path } = plan;
    this.#plan = plan;
    this.#world = world;
    this.facts = facts;
    this.#startMs = nowMs;
    this.playback = new Playback(facts.tracks, nowMs);
    this.#chooser = new RateChooser(facts.content.ladder, facts.isStubborn);
    this.#downloader = new Downloader(facts, this, this.playback, this.#chooser, path, this.#blame);
    this.#machine = new PlayerMachine(facts, this.playback, this.#blame, this.ledger, path, this);
    this.voice = plan.voice(this);
  }

  get state(): VoiceState {
    return this.#terminal ?? this.playback.state;
  }

  get rendition(): Rendition {
    return this.#downloader.rendition;
  }

  get shownKbps(): number {
    return this.playback.playheadKbps;
  }

  get bufferMs(): number {
    return this.playback.bufferMs;
  }

  get playheadMs(): number {
    return this.playback.playheadMs;
  }

  get renderedSeconds(): number {
    return this.playback.renderedSeconds;
  }

  get measuredKbps(): number {
    return this.#chooser.measuredKbps;
  }

  get liveLatencyMs(): number {
    const { content } = this.facts;
    if (!content.isLive || this.playback.state !== 'playing') return Number.NaN;
    return this.facts.nowMs() - content.epochMs - this.playback.playheadMs;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  aheadMs(track: Track): number {
    return this.playback.aheadMs(track);
  }

  post(path: '/v1/cmcd' | '/v1/beacon', contentType: string, body: string, nowMs: number): void {
    this.ledger.postsMade++;
    if (!this.#world.post(this.facts, path, contentType, body, nowMs)) return;
    this.ledger.postsDelivered++;
    this.ledger.lastToldMs = nowMs;
    this.ledger.isSidSent = true;
  }

  errorTold(): void {
    if (this.facts.isTelling) this.ledger.errorsTold++;
  }

  /** The page has a content to play. */
  begin(nowMs: number): void {
    this.voice.loaded(nowMs);
    if (this.facts.policy.playsOn === 'load') this.#requestPlay(nowMs);
    if (!this.facts.content.isLive) this.playback.startAt(this.#plan.startAtMs);
    this.#downloader.restart(this.#plan.startAtMs, nowMs);
    if (this.voice.tickMs > 0) this.#tickFrom(nowMs);
  }

  pauseFor(ms: number, nowMs: number): void {
    this.#sync(nowMs);
    if (!this.#isClosed && this.playback.state === 'playing') this.#machine.pauseFor(ms, nowMs);
  }

  seekTo(mediaMs: number, nowMs: number): void {
    this.#sync(nowMs);
    if (this.#isClosed || this.playback.state !== 'playing') return;
    this.#machine.seekTo(mediaMs, nowMs, () => this.#downloader.restart(mediaMs, nowMs));
  }

  steerAway(cdn: string, nowMs: number): void {
    if (!this.#isClosed) this.#downloader.steerAway(cdn, nowMs);
  }

  /** The decoder fails: a freeze, then the end. With `isHeard` the player can still say so. */
  crash(freezeMs: number, isHeard: boolean, nowMs: number): void {
    if (this.#isClosed || this.playback.state !== 'playing') return;
    this.#sync(nowMs);
    this.#machine.freeze(nowMs);
    this.facts.at(nowMs + freezeMs, () => {
      if (this.#isClosed) return;
      const atMs = this.facts.nowMs();
      this.ledger.fatal = { atMs, cause: 'client', lostMs: {} };
      this.#over('failed', isHeard, atMs);
      if (isHeard) this.voice.failed(null, atMs);
      this.close('played', atMs);
    });
  }

  /** The viewer goes; a closed tab says nothing more. */
  leave(isTabClosed: boolean, nowMs: number): void {
    if (this.#isClosed) return;
    this.ledger.isTabClosed = isTabClosed;
    this.close(this.#hasFrame ? 'played' : 'exit_before_start', nowMs);
    if (isTabClosed) return;
    this.voice.left(nowMs);
    this.ledger.isOverTold = this.facts.kind === 'playpath';
  }

  close(outcome: SessionTruth['outcome'], nowMs: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sync(nowMs);
    this.#downloader.close(nowMs);
    this.#machine.close(nowMs);
    // After whatever else happens now: a player that leaves in good order still posts.
    this.facts.at(nowMs, () => {
      const { facts, playback } = this;
      const times = [this.#startMs, nowMs] as const;
      const truth = this.ledger.truth(facts, this.#world.tenant, playback, this.#plan.path, outcome, ...times);
      this.#world.closed(this, truth);
    });
  }

  queryFor(object: MediaObject, nowMs: number): { readonly query: string; readonly rid: string } {
    this.#sync(nowMs);
    const { query, rid } = this.voice.queryFor(object, nowMs);
    const { token } = this.#plan;
    return { query: token === '' ? query : query === '' ? token : `${token}&${query}`, rid };
  }

  isForbidden(nowMs: number): boolean {
    return this.#plan.isTokenBad(nowMs);
  }

  masterLoaded(nowMs: number): void {
    if (this.facts.policy.playsOn === 'manifest') this.#requestPlay(nowMs);
  }

  appended(nowMs: number): void {
    this.#sync(nowMs);
    const { content, policy } = this.facts;
    const enoughMs = content.isLive
      ? 1.5 * content.segmentMs
      : Math.min(2.5 * content.segmentMs, policy.targetBufferMs / 2);
    if (this.playback.state === 'playing' && this.playback.bufferMs >= enoughMs) this.#blame.clear();
    this.#machine.proceed(nowMs);
  }

  chosen(from: Rendition, to: Rendition, nowMs: number): void {
    if (to.kbps < from.kbps) {
      this.ledger.stepDown({
        atMs: nowMs,
        cause: causeOfStep(this.facts, this.#blame.cause, this.#isFillStarved, from, to, nowMs),
        lostMs: this.#blame.lostMs,
        toKbps: to.kbps,
      });
    }
    this.voice.chosen(from, to, nowMs);
  }

  ended(exchange: Exchange): void {
    const record = edgeRecordOf(exchange);
    this.ledger.exchange(exchange, record);
    this.#world.written(this.facts, exchange, record);
    if (exchange.object.role === 'segment') this.#isFillStarved = exchange.answer.isStarvedFill;
    this.voice.ended(exchange, exchange.endMs);
  }

  retriesSpent(exchange: Exchange, nowMs: number): void {
    this.voice.retriesSpent(exchange, nowMs);
  }

  gaveUp(exchange: Exchange, nowMs: number): void {
    if (this.#isClosed) return;
    this.#sync(nowMs);
    this.ledger.fatal = { atMs: nowMs, cause: this.#blame.cause, lostMs: this.#blame.lostMs };
    this.#over('failed', true, nowMs);
    this.voice.failed(exchange, nowMs);
    this.close(this.#hasFrame ? 'played' : 'start_failure', nowMs);
  }

  isComplete(): boolean {
    return this.#downloader.isComplete;
  }

  entered(state: LabState, nowMs: number): void {
    this.voice.entered(state, nowMs);
    if (state === 'playing') this.#downloader.pump(nowMs);
  }

  firstFrame(nowMs: number): void {
    this.voice.firstFrame(this.ledger.startupMs, nowMs);
    this.onFirstFrame(nowMs);
  }

  stalled(nowMs: number): void {
    this.onStall(nowMs);
  }

  finished(nowMs: number): void {
    this.#over('ended', true, nowMs);
    this.close('played', nowMs);
  }

  get #hasFrame(): boolean {
    return !Number.isNaN(this.ledger.startupMs);
  }

  /** Shaka says nothing of its state. */
  #over(state: 'ended' | 'failed', isHeard: boolean, nowMs: number): void {
    this.#terminal = state;
    if (!isHeard) return;
    this.voice.entered(state, nowMs);
    this.ledger.isOverTold = this.facts.kind !== 'shaka';
  }

  #requestPlay(nowMs: number): void {
    this.ledger.playRequestedMs = nowMs;
    this.voice.playRequested(nowMs);
    const { adMs } = this.#plan;
    this.#machine.enter(adMs > 0 ? 'ad' : 'starting', nowMs);
    if (adMs === 0) return;
    this.voice.ad('start', nowMs);
    this.facts.at(nowMs + adMs, () => {
      if (this.#isClosed) return;
      this.ledger.adMs = adMs;
      this.voice.ad('end', this.facts.nowMs());
      this.#machine.enter('starting', this.facts.nowMs());
      this.#machine.proceed(this.facts.nowMs());
    });
  }

  #tickFrom(nowMs: number): void {
    this.facts.at(nowMs + this.voice.tickMs, () => {
      if (this.#isClosed) return;
      this.#sync(this.facts.nowMs());
      this.voice.tick(this.facts.nowMs());
      this.#tickFrom(this.facts.nowMs());
    });
  }

  /** Brings the media clock up to now, and tells of renditions that came on screen meanwhile. */
  #sync(nowMs: number): void {
    this.playback.advance(nowMs);
    const { shown } = this.playback;
    for (; this.#shownRuns < shown.length; this.#shownRuns++) {
      const run = shown[this.#shownRuns];
      const before = shown[this.#shownRuns - 1];
      if (run !== undefined && before !== undefined) this.voice.shown(before.kbps, run.kbps, run.atMs, nowMs);
    }
  }
}
