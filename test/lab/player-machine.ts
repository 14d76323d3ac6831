import type { Blame } from './blame.ts';
import type { CdnPath } from './cdn-path.ts';
import type { LabState, Playback } from './playback.ts';
import type { SessionFacts } from './session-facts.ts';
import type { SessionLedger } from './session-ledger.ts';

/** What the machine asks of, and tells, the session it runs in. */
export interface MachineListener {
  /** Everything a title has is loaded. */
  isComplete(): boolean;
  entered(state: LabState, nowMs: number): void;
  firstFrame(nowMs: number): void;
  stalled(nowMs: number): void;
  /** The title was played to its end. */
  finished(nowMs: number): void;
}

/** Time from enough media to a frame on screen. */
const DECODE_MS = 45;
/** How long `seeking` lasts before the media element says that it waits for data. */
const SEEK_MS = 250;

/** The states of semantics section 2 as a media element runs through them, driven by media arriving and people. */
export class PlayerMachine {
  readonly #facts: SessionFacts;
  readonly #playback: Playback;
  readonly #blame: Blame;
  readonly #ledger: SessionLedger;
  readonly #path: CdnPath;
  readonly #listener: MachineListener;
  #isClosed = false;
  #isStarting = false;
  #isFrozen = false;
  #watch = 0;

  constructor(
    facts: SessionFacts,
    playback: Playback,
    blame: Blame,
    ledger: SessionLedger,
    path: CdnPath,
    listener: MachineListener,
  ) {
    this.#facts = facts;
    this.#playback = playback;
    this.#blame = blame;
    this.#ledger = ledger;
    this.#path = path;
    this.#listener = listener;
  }

  enter(state: LabState, nowMs: number): void {
    if (state === 'playing') this.#endStall(nowMs);
    this.#playback.enter(state, nowMs);
    this.#listener.entered(state, nowMs);
    if (state === 'playing') this.#watchBuffer(nowMs);
  }

  /** Media came, or an obstacle went: goes on if there is enough to go on with; false when there is not. */
  proceed(nowMs: number): boolean {
    const { state } = this.#playback;
    const { startBufferMs, resumeBufferMs } = this.#facts.policy;
    const needMs = state === 'starting' ? startBufferMs : resumeBufferMs;
    const isTail = this.#listener.isComplete() && !this.#playback.isEmpty;
    if (this.#isFrozen || (this.#playback.bufferMs < needMs && !isTail)) return false;
    if (state === 'starting' && !this.#isStarting) {
      this.#isStarting = true;
      this.#later(DECODE_MS, nowMs, (atMs) => this.#showFirstFrame(atMs));
    }
    if (state === 'rebuffering' || state === 'seeking') this.enter('playing', nowMs);
    return true;
  }

  pauseFor(ms: number, nowMs: number): void {
    this.#ledger.pauses++;
    this.enter('paused', nowMs);
    this.#later(ms, nowMs, (atMs) => {
      if (this.#playback.state === 'paused') this.enter('playing', atMs);
    });
  }

  /** The seek itself; `reload` is called when the target is not in the buffer. */
  seekTo(mediaMs: number, nowMs: number, reload: () => void): void {
    this.#ledger.seeks++;
    this.#blame.clear();
    this.enter('seeking', nowMs);
    if (!this.#playback.seek(mediaMs, this.#facts.content.segmentMs, nowMs)) reload();
    this.#later(SEEK_MS, nowMs, (atMs) => {
      if (this.#playback.state === 'seeking' && !this.proceed(atMs)) this.#stall('seek', atMs);
    });
  }

  /** The decoder stops for good: a stall with media in the buffer. */
  freeze(nowMs: number): void {
    this.#isFrozen = true;
    this.#stall('connection', nowMs);
  }

  /** Nothing happens after this. */
  close(nowMs: number): void {
    this.#isClosed = true;
    this.#endStall(nowMs);
  }

  #showFirstFrame(nowMs: number): void {
    this.#ledger.startupMs = nowMs - this.#ledger.playRequestedMs - this.#ledger.adMs;
    this.#blame.clear();
    this.enter('playing', nowMs);
    this.#listener.firstFrame(nowMs);
  }

  #stall(kind: 'connection' | 'seek', nowMs: number): void {
    this.#ledger.stalls.push({ beginMs: nowMs, endMs: Number.NaN, kind, cause: 'unknown', lostMs: {} });
    if (kind === 'connection') this.#path.stalled(nowMs, this.#blame.cause);
    this.enter('rebuffering', nowMs);
    this.#listener.stalled(nowMs);
  }

  #endStall(nowMs: number): void {
    const stall = this.#ledger.stalls.at(-1);
    if (stall === undefined || !Number.isNaN(stall.endMs)) return;
    stall.endMs = nowMs;
    stall.cause = this.#isFrozen ? 'client' : this.#blame.cause;
    stall.lostMs = this.#blame.lostMs;
    if (stall.kind === 'connection') this.#path.stallOver(stall.cause);
    this.#blame.clear();
  }

  /** Looks again when the buffer would be empty if nothing came. */
  #watchBuffer(nowMs: number): void {
    const watch = ++this.#watch;
    this.#later(this.#playback.bufferMs, nowMs, (atMs) => {
      if (watch !== this.#watch || this.#playback.state !== 'playing') return;
      this.#playback.advance(atMs);
      if (!this.#playback.isEmpty) this.#watchBuffer(atMs);
      else if (this.#listener.isComplete()) this.#listener.finished(atMs);
      else this.#stall('connection', atMs);
    });
  }

  #later(ms: number, nowMs: number, action: (atMs: number) => void): void {
    this.#facts.at(nowMs + ms, () => {
      if (!this.#isClosed) action(this.#facts.nowMs());
    });
  }
}
