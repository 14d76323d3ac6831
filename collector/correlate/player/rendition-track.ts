import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { PlaybackListener } from '../timeline/playback-listener.ts';
import { QualityCollapse } from '../timeline/quality-collapse.ts';

const REQUEST_LIMIT = 16;

type Request = {
  readonly kbps: number;
  readonly atMs: UnixMs;
  readonly reason: string;
  /** Media still to be played before it reaches the screen; NaN when the player did not say. */
  leftMs: number;
};

/**
 * Which rendition is on screen, and the bits and media seconds it showed.
 *
 * Players that only say what they ask for (hls.js and Shaka in CMCD `bc`) never say what is shown: for them a
 * request reaches the screen when the buffer it found has been played. The first `applied` ends that guessing.
 */
export class RenditionTrack {
  readonly #listener: PlaybackListener;
  readonly #total: QoeNumbers;
  readonly #collapse: QualityCollapse;
  #kbps = Number.NaN;
  #requests: Request[] = [];
  #saysApplied = false;
  #hasRendered = false;

  constructor(listener: PlaybackListener, total: QoeNumbers) {
    this.#listener = listener;
    this.#total = total;
    this.#collapse = new QualityCollapse(listener);
  }

  /** kbit/s on screen; NaN while unknown. */
  get kbps(): number {
    return this.#kbps;
  }

  /** `bufferMs` is the media ahead of the playhead when it was asked for, NaN when unknown. */
  requested(kbps: number, atMs: UnixMs, bufferMs: number, reason: string): void {
    if (!isBitrate(kbps)) return;
    // Asked for with less media ahead than an earlier request found: the buffer between was thrown away.
    if (bufferMs >= 0 && !this.#saysApplied)
      this.#requests = this.#requests.filter((request) => request.leftMs < bufferMs);
    if (this.#requests.at(-1)?.kbps === kbps) return;
    this.#requests.push({ kbps, atMs, reason, leftMs: bufferMs >= 0 ? bufferMs : Number.NaN });
    if (this.#requests.length > REQUEST_LIMIT) this.#requests.shift();
  }

  /** `isCounted` is false for what is not an ABR decision: before the first frame, in ads, after a seek. */
  applied(kbps: number, atMs: UnixMs, reason: string, isCounted: boolean): void {
    if (!isBitrate(kbps)) return;
    this.#saysApplied = true;
    const index = this.#requests.findLastIndex((request) => request.kbps === kbps);
    const request = this.#requests[index];
    this.#requests = this.#requests.slice(index + 1);
    this.#show(kbps, atMs, reason || (request?.reason ?? ''), request?.atMs ?? Number.NaN, isCounted);
  }

  /** A bitrate that rides on another report: news only when nothing announced it. */
  observed(kbps: number, atMs: UnixMs, isCounted: boolean): void {
    if (!isBitrate(kbps) || this.#requests.some((request) => request.kbps === kbps)) return;
    this.#show(kbps, atMs, '', Number.NaN, isCounted);
  }

  /** Media was rendered from `fromMs` to `toMs`. */
  play(fromMs: UnixMs, toMs: UnixMs, isCounted: boolean): void {
    let nowMs = fromMs;
    while (!this.#saysApplied) {
      const next = this.#requests.find((request) => request.leftMs <= toMs - nowMs);
      if (!next) break;
      const dueMs = nowMs + Math.max(0, next.leftMs);
      this.#render(nowMs, dueMs);
      nowMs = dueMs;
      this.#requests = this.#requests.slice(this.#requests.indexOf(next) + 1);
      this.#show(next.kbps, nowMs, next.reason, next.atMs, isCounted);
    }
    this.#render(nowMs, toMs);
  }

  /** The last `durationMs` counted as rendered were a stall. */
  unplay(durationMs: number): void {
    if (isBitrate(this.#kbps)) this.#credit(-Math.min(durationMs, this.#total.renderedMediaSeconds * 1000));
  }

  finish(): void {
    this.#collapse.finish();
  }

  #render(fromMs: UnixMs, toMs: UnixMs): void {
    const durationMs = toMs - fromMs;
    if (durationMs <= 0) return;
    this.#hasRendered = true;
    for (const request of this.#requests) request.leftMs -= durationMs;
    if (!isBitrate(this.#kbps)) return;
    this.#credit(durationMs);
    this.#collapse.render(this.#kbps, fromMs, toMs);
  }

  #credit(durationMs: number): void {
    this.#total.renderedMediaSeconds += durationMs / 1000;
    this.#total.renderedKbit = Math.max(0, this.#total.renderedKbit + (this.#kbps * durationMs) / 1000);
  }

  #show(kbps: number, atMs: UnixMs, reason: string, requestedMs: UnixMs, isCounted: boolean): void {
    const fromKbps = this.#kbps;
    this.#kbps = kbps;
    // What was chosen before anything was shown is the first rendition, however often it was chosen again.
    if (!isCounted || !this.#hasRendered || Number.isNaN(fromKbps) || fromKbps === kbps) return;
    const direction = kbps > fromKbps ? 'up' : 'down';
    if (direction === 'up') this.#total.switchesUp++;
    else this.#total.switchesDown++;
    this.#listener.renditionSwitch({ atMs, fromKbps, toKbps: kbps, direction, reason, requestedMs, appliedMs: atMs });
  }
}

function isBitrate(kbps: number): boolean {
  return kbps > 0 && Number.isFinite(kbps);
}
