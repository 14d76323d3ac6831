import { nowMs } from './clock.ts';
import { Listeners, subscribe } from './listeners.ts';

/** Sends one event of docs/beacon.md; `ts` is now unless it is among the fields. */
export type Emit = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

type State =
  | 'preloading'
  | 'loaded'
  | 'starting'
  | 'playing'
  | 'rebuffering'
  | 'seeking'
  | 'paused'
  | 'ended'
  | 'failed';

const POLL_MS = 250;
/** `HTMLMediaElement.HAVE_FUTURE_DATA`: less, and the next frame is missing. */
const HAVE_FUTURE_DATA = 3;
/** Progress that is more than a frame which was still in the pipeline. */
const PROGRESS_SECONDS = 0.2;
/** Players jump over gaps in a starved buffer by seeking; a viewer does not seek less than a second during a stall. */
const NUDGE_SECONDS = 1;

/**
 * The player state machine (semantics.md section 2) read from a media element. `waiting` and `playing` are the facts;
 * the poll only catches browsers that forget one of them.
 */
export class ElementWatch {
  readonly #video: HTMLMediaElement;
  readonly #emit: Emit;
  readonly #onReplay: () => void;
  readonly #listeners = new Listeners();
  #state: State = 'preloading';
  #hasStarted = false;
  /** Startup clock: begins with the request to play, stands still while the page is hidden or an ad is on. */
  #askedAtMs = 0;
  #excludedAtMs = 0;
  #isHeld = false;
  #playheadSeconds: number;

  constructor(video: HTMLMediaElement, emit: Emit, onReplay: () => void) {
    this.#video = video;
    this.#emit = emit;
    this.#onReplay = onReplay;
    this.#playheadSeconds = video.currentTime;
    this.#listeners.add(
      subscribe(video, {
        canplay: () => this.#loaded(),
        // Enough data and still not playing: autoplay was blocked, so the clock waits for a gesture.
        canplaythrough: () => {
          if (video.paused) this.#askedAtMs = 0;
        },
        play: () => this.#play(),
        playing: () => this.#moves(),
        waiting: () => this.#waits(),
        pause: () => this.#pauses(),
        seeking: () => this.#seeks(),
        seeked: () => this.#seeked(),
        ended: () => this.#ends(),
      }),
    );
    this.#listeners.every(POLL_MS, () => this.#poll());
    if (video.autoplay) this.ask('autoplay');
    else if (!video.paused) this.#play();
    if (!video.paused && video.readyState >= HAVE_FUTURE_DATA) {
      // It was playing before we came: nobody knows how long that took.
      this.#askedAtMs = Number.NaN;
      this.#moves();
    }
  }

  /** Play was asked for, by a viewer (`click`), the page (`api`) or an attribute (`autoplay`). */
  ask(reason: string): void {
    if (this.#hasStarted || this.#askedAtMs) return;
    this.#askedAtMs = nowMs();
    this.#state = 'starting';
    this.#emit('play', { reason });
  }

  /** The player itself stops and resumes playback, e.g. until its buffer is long enough again. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) this.#waits();
    else if (!this.#video.paused && !this.#video.seeking) this.#moves();
  }

  fail(): void {
    this.#state = 'failed';
  }

  get state(): State {
    return this.#state;
  }

  /** Nothing that happens from here on belongs to the session. */
  get isOver(): boolean {
    return this.#state === 'ended' || this.#state === 'failed';
  }

  /** Stops and resumes the startup clock: the time between is as if play had been asked for later. */
  exclude(isExcluded: boolean): void {
    if (this.#excludedAtMs && this.#askedAtMs)
      this.#askedAtMs += nowMs() - Math.max(this.#excludedAtMs, this.#askedAtMs);
    this.#excludedAtMs = isExcluded ? nowMs() : 0;
  }

  close(): void {
    this.#listeners.close();
  }

  #loaded(): void {
    if (this.#state !== 'preloading') return;
    this.#state = 'loaded';
    this.#emit('player_loaded');
  }

  #play(): void {
    if (this.#state === 'ended') this.#onReplay();
    else this.ask(navigator.userActivation?.isActive ? 'click' : 'api');
  }

  /** Frames move. Also the end of a seek, of a stall and of a pause: each is said once. */
  #moves(): void {
    const before = this.#state;
    if (this.#isHeld || before === 'playing' || this.isOver) return;
    this.#state = 'playing';
    if (this.#hasStarted) {
      const over = before === 'seeking' ? 'seek' : before === 'rebuffering' ? 'buffering' : 'playing';
      this.#emit(over, { phase: 'end' });
      return;
    }
    this.#hasStarted = true;
    this.exclude(false);
    this.#emit('playback_start', { startupMs: nowMs() - this.#askedAtMs });
  }

  #waits(): void {
    const isMoving = this.#state === 'playing' || this.#state === 'seeking';
    if (!this.#hasStarted || !isMoving || this.#video.paused || this.#video.ended) return;
    this.#state = 'rebuffering';
    this.#emit('buffering');
  }

  #pauses(): void {
    // The browser pauses by itself at the end, just before it says so.
    if (this.#video.ended || this.isOver) return;
    this.#askedAtMs = 0;
    this.#state = 'paused';
    this.#emit('pause');
  }

  #seeks(): void {
    const distanceSeconds = Math.abs(this.#video.currentTime - this.#playheadSeconds);
    const isNudge = this.#state === 'rebuffering' && distanceSeconds < NUDGE_SECONDS;
    this.#playheadSeconds = this.#video.currentTime;
    if (!this.#hasStarted || isNudge || this.#state === 'seeking' || this.isOver) return;
    this.#state = 'seeking';
    this.#emit('seek');
  }

  /** A paused seek ends here; a playing one when frames move again. */
  #seeked(): void {
    if (this.#state !== 'seeking' || !this.#video.paused) return;
    this.#state = 'paused';
    this.#emit('seek', { phase: 'end', state: 'paused' });
  }

  #ends(): void {
    this.#state = 'ended';
    this.#emit('content_end');
  }

  #poll(): void {
    const { currentTime, paused, seeking, readyState } = this.#video;
    if (seeking) return;
    const distanceSeconds = currentTime - this.#playheadSeconds;
    this.#playheadSeconds = currentTime;
    if (paused) return;
    if (distanceSeconds > PROGRESS_SECONDS && this.#hasStarted) this.#moves();
    // With data at hand the playhead stands because the machine is too busy: no stall.
    else if (!distanceSeconds && readyState < HAVE_FUTURE_DATA) this.#waits();
  }
}
