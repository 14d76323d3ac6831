import type { Track } from './media-object.ts';

/** States of the truth; together they fill a session from begin to end. */
export const LAB_STATES = ['preloading', 'starting', 'ad', 'playing', 'rebuffering', 'seeking', 'paused'] as const;
export type LabState = (typeof LAB_STATES)[number];

/** A stretch of media in the buffer, in media time. */
type Chunk = { readonly endMs: number; readonly kbps: number };

/** A rendition on screen from `atMs` on, in true time, and how much of it was rendered. */
export type ShownRun = { readonly atMs: number; readonly kbps: number; renderedMs: number; endMs: number };

const EMPTY_MS = 0.5;
/** Enough for hours of honest play; a session of the broken rule stops recording here. */
const MAX_SHOWN = 2000;

/**
 * Buffer and clock of one media element: media flows in by `append`, out in real time while playing. Every method
 * is given the time, and time only moves forward.
 */
export class Playback {
  readonly spentMs: Record<LabState, number> = {
    preloading: 0,
    starting: 0,
    ad: 0,
    playing: 0,
    rebuffering: 0,
    seeking: 0,
    paused: 0,
  };
  readonly shown: ShownRun[] = [];
  state: LabState = 'preloading';
  stateSinceMs: number;
  playheadMs = 0;
  renderedKbit = 0;
  renderedSeconds = 0;
  /** End of the contiguous media of each track, in media time; Infinity for a track the player does not load. */
  #videoEndMs = 0;
  #audioEndMs: number;
  #chunks: Chunk[] = [];
  #lastMs: number;

  constructor(tracks: readonly Track[], atMs: number) {
    this.#audioEndMs = tracks.includes('audio') ? 0 : Number.POSITIVE_INFINITY;
    this.#lastMs = atMs;
    this.stateSinceMs = atMs;
  }

  /** Media ahead of the playhead that every track has. */
  get bufferMs(): number {
    return Math.max(0, Math.min(this.#videoEndMs, this.#audioEndMs) - this.playheadMs);
  }

  aheadMs(track: Track): number {
    return Math.max(0, (track === 'video' ? this.#videoEndMs : this.#audioEndMs) - this.playheadMs);
  }

  get isEmpty(): boolean {
    return this.bufferMs < EMPTY_MS;
  }

  /** Rate of the rendition at the playhead; NaN when nothing is there. */
  get playheadKbps(): number {
    return this.#chunks[0]?.kbps ?? Number.NaN;
  }

  advance(nowMs: number): void {
    const elapsedMs = nowMs - this.#lastMs;
    if (elapsedMs <= 0) return;
    this.spentMs[this.state] += elapsedMs;
    if (this.state === 'playing') this.#render(Math.min(elapsedMs, this.bufferMs));
    this.#lastMs = nowMs;
  }

  enter(state: LabState, nowMs: number): void {
    this.advance(nowMs);
    this.state = state;
    this.stateSinceMs = nowMs;
    if (state === 'playing') this.#note(nowMs);
  }

  append(track: Track, endMs: number, kbps: number): void {
    if (track === 'audio') {
      this.#audioEndMs = endMs;
      return;
    }
    this.#videoEndMs = endMs;
    this.#chunks.push({ endMs, kbps });
  }

  /** Moves the playhead. False when the target is not buffered, and everything was thrown away. */
  seek(targetMs: number, segmentMs: number, nowMs: number): boolean {
    this.advance(nowMs);
    const isBuffered = targetMs >= this.playheadMs && targetMs < this.playheadMs + this.bufferMs;
    this.playheadMs = targetMs;
    if (isBuffered) {
      this.#dropShown();
      return true;
    }
    const beginMs = Math.floor(targetMs / segmentMs) * segmentMs;
    this.#emptyTo(beginMs);
    this.#chunks = [];
    return false;
  }

  /** Where the first segment of a live session, or of a title watched from elsewhere, begins. */
  startAt(mediaMs: number): void {
    this.playheadMs = mediaMs;
    this.#emptyTo(mediaMs);
  }

  #emptyTo(mediaMs: number): void {
    this.#videoEndMs = mediaMs;
    if (Number.isFinite(this.#audioEndMs)) this.#audioEndMs = mediaMs;
  }

  #render(mediaMs: number): void {
    let leftMs = mediaMs;
    while (leftMs > 0) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const takenMs = Math.min(leftMs, chunk.endMs - this.playheadMs);
      this.renderedKbit += (takenMs / 1000) * chunk.kbps;
      this.renderedSeconds += takenMs / 1000;
      this.#addToRun(takenMs, this.#lastMs + mediaMs - leftMs + takenMs);
      this.playheadMs += takenMs;
      leftMs -= takenMs;
      if (this.playheadMs >= chunk.endMs - 1e-6) {
        this.#chunks.shift();
        this.#note(this.#lastMs + mediaMs - leftMs);
      }
    }
  }

  #addToRun(renderedMs: number, atMs: number): void {
    const run = this.shown.at(-1);
    if (run === undefined) return;
    run.renderedMs += renderedMs;
    run.endMs = atMs;
  }

  #dropShown(): void {
    while (this.#chunks.length > 0 && (this.#chunks[0] as Chunk).endMs <= this.playheadMs) this.#chunks.shift();
  }

  #note(atMs: number): void {
    const kbps = this.playheadKbps;
    if (Number.isNaN(kbps) || this.shown.at(-1)?.kbps === kbps || this.shown.length >= MAX_SHOWN) return;
    this.shown.push({ atMs, kbps, renderedMs: 0, endMs: atMs });
  }
}
