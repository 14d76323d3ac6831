import type { Cmcd } from '../../model/cmcd.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import type { PlayerState } from '../../model/media.ts';
import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { PlaybackListener, TimelineState } from '../timeline/playback-listener.ts';
import { SeekWatch } from '../timeline/seek-watch.ts';
import { MIN_STALL_MS, StallWatch } from '../timeline/stall-watch.ts';
import { BufferModel } from './buffer-model.ts';
import { BufferWords } from './buffer-words.ts';
import type { DeliveredMedia, Track } from './delivered-media.ts';
import { type Flight, firstAskedMs, hasAudio, isLandingAbout, STAMP_MS } from './flight.ts';
import { LiveSilence, SILENT_POLLS } from './live-silence.ts';
import { MediaGate } from './media-gate.ts';
import { ViewedMedia } from './viewed-media.ts';
import { ViewerJumps } from './viewer-jumps.ts';

/** A player that says it plays has at least this much, whatever it says of its buffer. */
const PLAYABLE_MS = 500;
/** A player that asked for nothing for this long had been stopped; what it waits for then is its resumption. */
const STOPPED_MS = 10_000;
/** What a player that wants nothing more has. */
const FULL_MS = 30_000;
/** Media asked for in these states is loaded ahead of the first frame. */
const IS_BEFORE_PLAY: ReadonlySet<string> = new Set(['preloading', 'starting', 'rebuffering']);

/**
 * What the screen must have done, given when media was asked for and when it came: playing, stalled, paused, seeking.
 * CMCD corrects it where a request carries the player's own words (`sta`, `bl`, `bs`).
 */
export class Playout {
  readonly #listener: PlaybackListener;
  readonly #total: QoeNumbers;
  readonly #media: DeliveredMedia;
  readonly #stalls: StallWatch;
  readonly #seeks: SeekWatch;
  readonly #buffer = new BufferModel();
  readonly #gate = new MediaGate();
  readonly #jumps: ViewerJumps;
  readonly #words = new BufferWords();
  readonly viewed: ViewedMedia;
  #state: TimelineState = 'unknown';
  #sinceMs = Number.NaN;
  #startedMs = Number.NaN;
  #firstMediaMs = Number.NaN;
  #lastAskedMs = Number.NaN;
  #lastAnsweredMs = Number.NaN;
  /** The last answer was no media, so the player is asking again even while no request is under way. */
  #isRetrying = false;
  #failedMs = Number.NaN;
  #isResuming = false;
  readonly silence = new LiveSilence();
  /** What a player says of its buffer, once this flight has arrived. */
  #word: { readonly after: Flight; readonly bufferMs: number } | null = null;

  constructor(listener: PlaybackListener, total: QoeNumbers, media: DeliveredMedia) {
    this.#listener = listener;
    this.#total = total;
    this.#media = media;
    this.#stalls = new StallWatch(listener, total, 'inferred');
    this.#seeks = new SeekWatch(listener, total);
    this.viewed = new ViewedMedia(media, this.#buffer, this.#gate);
    this.#jumps = new ViewerJumps(media, this.#buffer, this.viewed, this.#seeks);
  }

  get state(): TimelineState {
    return this.#state;
  }

  get isRetrying(): boolean {
    return this.#isRetrying;
  }

  get correctedMs(): number {
    return this.#stalls.correctedMs;
  }

  /** A request that media has to wait for; in order of begin. */
  awaits(request: JoinedRequest, { state }: Cmcd, flights: readonly Flight[]): void {
    if (state !== '') {
      this.#drain(request.startMs, flights);
      this.#buffer.hold(state === 'paused');
    }
    const isStarved = state === 'rebuffering' && this.#buffer.isPlaying;
    if (isStarved) this.#buffer.flush();
    this.#gate.step(request, isStarved, this.#media.segmentMs);
  }

  /** What a request tells by being sent. `flights` are the ones under way. */
  sent(flight: Flight, flights: readonly Flight[]): void {
    const { request, cmcd, track } = flight;
    const { startMs } = request;
    this.#explainSilence(startMs);
    this.#drainIdle(flight, flights);
    const waitedMs = this.#isRetrying || this.#gate.isWaited(startMs) ? 0 : startMs - this.#lastAnsweredMs;
    this.viewed.asked(flight, flights, waitedMs);
    // Out of a stall a live player jumps to the edge by itself.
    const isSteady = this.#buffer.isPlaying && this.#stalls.kind === '';
    const jump = this.#jumps.asked(flight, isSteady, cmcd.state === 'seeking' && this.#state !== 'seeking');
    if (jump !== '') this.#jumped(jump === 'jumped', startMs);
    const { isPlaying: wasPlaying } = this.#buffer;
    const landing = flights.filter((other) => isLandingAbout(flight, other));
    const after = landing.find((other) => other.track === track);
    if (cmcd.state !== '') this.#observe(cmcd.state, startMs);
    if (!wasPlaying) this.#catchUp(flight, after, flights);
    if (cmcd.bufferMs >= 0 && Number.isFinite(cmcd.bufferMs)) {
      if (after) this.#word = { after, bufferMs: cmcd.bufferMs };
      else this.#hear(track, cmcd.bufferMs, startMs);
    }
    if (cmcd.state === 'playing' && this.#buffer.isPlaying && landing.length === 0) {
      this.#stalls.cancel();
      this.#buffer.ensure(PLAYABLE_MS);
    }
    if (this.#buffer.leftMs > 0) this.#resume(startMs);
    this.#buffer.asked();
    if (cmcd.isStarved || cmcd.starvedMs >= 0) this.#flag(cmcd.starvedMs, startMs);
    // An audio track nobody asks for any more must not starve the playback.
    if (track === 'video' && !this.#isRetrying && !hasAudio(flights)) this.#buffer.forgetEmpty('audio');
    this.#lastAskedMs = startMs;
  }

  failed(flight: Flight, flights: readonly Flight[]): void {
    const { request } = flight;
    this.#drain(request.endMs, flights);
    this.silence.forget();
    this.viewed.failed(flight);
    this.#isRetrying = true;
    this.#failedMs = request.endMs;
    this.#lastAnsweredMs = request.endMs;
  }

  /** Its media arrived. A position delivered before only adds what the player says it did not have. */
  arrived(flight: Flight, durationMs: number, isNew: boolean, flights: readonly Flight[]): void {
    const { request, cmcd, track } = flight;
    const { endMs } = request;
    this.#drain(endMs, flights);
    this.#isRetrying = false;
    this.#isResuming = false;
    this.#lastAnsweredMs = endMs;
    if (Number.isNaN(this.#firstMediaMs)) this.#firstMediaMs = endMs;
    const gainMs = this.#jumps.arrived(flight, durationMs, isNew, isNew || cmcd.bufferMs < durationMs);
    this.#buffer.deliver(track, gainMs);
    if (track === this.#media.main) this.#words.delivered(gainMs);
    // Nobody knows how much of the first segment after a seek was left to play.
    if (gainMs > 0 && gainMs < durationMs) this.#words.forget();
    if (this.#word?.after === flight) {
      this.#hear(track, this.#word.bufferMs, endMs);
      this.#word = null;
    }
    if (!this.#buffer.isPlaying && this.#media.isTimed && !IS_BEFORE_PLAY.has(cmcd.state)) this.#play(endMs);
    if (this.#buffer.leftMs > 0) this.#resume(endMs);
  }

  /** The player's own word on its buffer. */
  #hear(track: Track, bufferMs: number, atMs: UnixMs): void {
    this.#buffer.set(track, bufferMs);
    if (track === this.#media.main) this.#stalls.correct(this.#words.heard(bufferMs, atMs));
  }

  /** Part of what came as pictures is sound: both came as far. */
  splitSound(): void {
    this.#buffer.splitSound();
  }

  /** The seeks that no further request can prolong. */
  settle(nowMs: UnixMs): void {
    this.#seeks.settle(nowMs);
  }

  /** A rendition change now follows a seek: reselection, not a decision. */
  isAfterSeek(atMs: UnixMs): boolean {
    return this.#seeks.isRecentAt(atMs);
  }

  finish(atMs: UnixMs): void {
    this.#drain(this.#gate.untilMs, []);
    this.#stalls.leave();
    this.#seeks.finish(atMs);
  }

  transit(state: PlayerState, atMs: UnixMs): void {
    if (state === this.#state) return;
    const previous = this.#state;
    const sinceMs = Number.isNaN(this.#sinceMs) ? atMs : this.#sinceMs;
    this.#state = state;
    this.#sinceMs = atMs;
    this.#listener.stateChanged(state, atMs, previous, sinceMs);
  }

  #drain(nowMs: UnixMs, flights: readonly Flight[]): void {
    const askedMs =
      this.#isRetrying && nowMs - this.#failedMs <= STOPPED_MS
        ? Number.NEGATIVE_INFINITY
        : Math.min(this.#gate.sinceMs(nowMs), firstAskedMs(flights, nowMs));
    const { pausedMs, starvedMs } = this.#buffer.drain(nowMs, askedMs);
    this.#total.pausedMs += pausedMs;
    if (pausedMs > 0) this.#words.forget();
    if (pausedMs > STOPPED_MS) this.#isResuming = true;
    if (!this.#isResuming && !this.silence.isOpen) this.#starve(nowMs, starvedMs);
  }

  #starve(nowMs: UnixMs, starvedMs: number): void {
    if (starvedMs <= 0) return;
    this.#words.starved(starvedMs);
    const beginMs = nowMs - starvedMs;
    this.#stalls.enter(this.#seeks.isCauseAt(beginMs) ? 'seek' : 'connection', beginMs, false);
    this.#stalls.run(starvedMs, nowMs);
    this.transit('rebuffering', beginMs);
  }

  /** Drains up to a request. One that ends a silence says why there was one, or the next one will. */
  #drainIdle(flight: Flight, flights: readonly Flight[]): void {
    const { request, cmcd } = flight;
    const { startMs } = request;
    const { dryMs, isPlaying } = this.#buffer;
    const hasPolled = this.#gate.takePolls() >= SILENT_POLLS && flights.length === 0;
    const isIdle = startMs - this.#lastAnsweredMs > 2 * this.#media.segmentMs && !this.#isRetrying;
    const isSilent = hasPolled && isIdle && isPlaying;
    // Shaka leaves out an empty buffer.
    const isEmpty = cmcd.bufferMs >= 0 ? cmcd.bufferMs < PLAYABLE_MS : cmcd.isStartup;
    if (isSilent && isEmpty) this.#starve(startMs, this.#buffer.drain(startMs, dryMs).starvedMs);
    else this.#drain(startMs, flights);
    if (!isSilent || isEmpty || cmcd.bufferMs >= 0 || this.#gate.isWaited(startMs)) return;
    this.silence.ended(flight, dryMs, this.#gate.polledMs);
  }

  #explainSilence(nowMs: UnixMs): void {
    const reason = this.silence.explain(nowMs, this.#media.segmentMs);
    if (reason === null) return;
    const { dryMs: beginMs, flight } = reason.silence;
    const { startMs, endMs } = flight.request;
    const stalledMs = endMs - beginMs;
    if (reason.kind === 'full') this.#buffer.ensure(FULL_MS);
    else if (stalledMs >= MIN_STALL_MS) {
      this.#total.pausedMs -= Math.min(this.#total.pausedMs, Math.max(0, startMs - beginMs));
      this.#total.stalledMs += stalledMs;
      // Nothing was there when it came.
      for (const track of ['audio', 'video'] as const) this.#buffer.set(track, this.#media.segmentMs + endMs - nowMs);
      this.#stalls.infer({ kind: 'connection', beginMs, endMs, stalledMs, precision: 'inferred', isInAd: false });
    }
  }

  #play(atMs: UnixMs): void {
    this.#startedMs = atMs;
    this.#buffer.start(atMs);
    // What came before the model could run has been playing since the first object.
    const playedMs = atMs - this.#firstMediaMs;
    this.#buffer.set('audio', Math.max(0, this.#media.mediaMs('audio') - playedMs));
    this.#buffer.set('video', Math.max(0, this.#media.mediaMs('video') - playedMs));
    this.transit('playing', atMs);
  }

  /** A player whose first word after its start is that it starved has played since its first media. */
  #catchUp({ request, cmcd, track }: Flight, after: Flight | undefined, flights: readonly Flight[]): void {
    const { startMs } = request;
    const deliveredMs = this.#media.mediaMs(this.#media.main) + (after ? this.#media.segmentMs : 0);
    if (!(cmcd.bufferMs >= 0) || !(deliveredMs > 0) || Number.isNaN(this.#firstMediaMs)) return;
    if (this.#buffer.isPlaying && cmcd.isStarved && !(cmcd.starvedMs >= 0)) {
      this.#startedMs = this.#firstMediaMs;
      this.#flag(startMs - this.#firstMediaMs - (deliveredMs - cmcd.bufferMs), startMs);
    } else if (cmcd.state === 'rebuffering' && cmcd.bufferMs < STAMP_MS && this.#media.mediaMs(track) > 0) {
      // dash.js calls its start rebuffering, too, but has all of a track then that came.
      this.#play(this.#firstMediaMs);
      this.#drain(startMs, flights);
    }
  }

  #resume(atMs: UnixMs): void {
    this.#seeks.end(atMs, true);
    this.#stalls.leave();
    if (this.#state === 'rebuffering' || this.#state === 'seeking') this.transit('playing', atMs);
  }

  #jumped(isTrue: boolean, atMs: UnixMs): void {
    this.#words.forget();
    if (isTrue) this.#stalls.leave();
    else this.#stalls.cancel();
    this.transit(isTrue ? 'seeking' : 'playing', atMs);
  }

  #flag(starvedMs: number, atMs: UnixMs): void {
    if (Number.isNaN(this.#startedMs)) return;
    if (starvedMs >= 0) this.#words.forget();
    const kind = this.#seeks.isRecentAt(atMs) ? 'seek' : 'connection';
    const stalledMs = this.#stalls.flag(starvedMs, kind, atMs, this.#lastAskedMs, this.#startedMs, false);
    const total = kind === 'seek' ? 'seekStalledMs' : 'stalledMs';
    this.#total[total] = Math.max(0, this.#total[total] + stalledMs);
  }

  /** CMCD v2 `sta` on a request: how the player saw itself when it sent it. */
  #observe(state: PlayerState, atMs: UnixMs): void {
    this.#buffer.hold(state === 'paused');
    if (state === 'playing' && !this.#buffer.isPlaying && !Number.isNaN(this.#firstMediaMs)) this.#play(atMs);
    // Rebuffering is left to the buffer: the request after a stall is still sent in it.
    if (state !== 'rebuffering') this.transit(state, atMs);
  }
}
