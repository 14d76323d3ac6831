import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { SegmentIdentity } from '../content/segment-identity.ts';
import type { PlaybackListener } from '../timeline/playback-listener.ts';
import { QualityCollapse } from '../timeline/quality-collapse.ts';

export type DeliveredSegment = {
  readonly identity: SegmentIdentity;
  /** As the player named it; NaN when it did not. Only named bitrates make switches. */
  readonly namedKbps: number;
  /** Named, or measured from the bytes; NaN when neither. */
  readonly kbps: number;
  readonly durationMs: number;
  readonly requestedMs: UnixMs;
  readonly deliveredMs: UnixMs;
  /** False after a seek: reselection, not a decision. */
  readonly isAbrInCharge: boolean;
};

/**
 * Renditions of one track from its segments. The last segment is held back: players fetch a position again in
 * another rendition (start-up probes, failed renditions), and only what came last was shown.
 */
export class SegmentRenditions {
  readonly #listener: PlaybackListener;
  readonly #total: QoeNumbers;
  readonly #collapse: QualityCollapse;
  #held: DeliveredSegment | null = null;
  #shownKbps = Number.NaN;

  constructor(listener: PlaybackListener, total: QoeNumbers) {
    this.#listener = listener;
    this.#total = total;
    this.#collapse = new QualityCollapse(listener);
  }

  /** `isNew` is false for a position delivered before. */
  add(segment: DeliveredSegment, isNew: boolean): void {
    if (this.#held && isSamePosition(this.#held.identity, segment.identity)) this.#held = segment;
    else if (isNew) {
      this.#settle();
      this.#held = segment;
    }
  }

  finish(): void {
    this.#settle();
    this.#collapse.finish();
  }

  #settle(): void {
    const segment = this.#held;
    if (!segment) return;
    this.#held = null;
    const { kbps, namedKbps, durationMs, deliveredMs } = segment;
    if (kbps > 0) {
      this.#total.renderedKbit += (kbps * durationMs) / 1000;
      this.#total.renderedMediaSeconds += durationMs / 1000;
      this.#collapse.render(kbps, deliveredMs, deliveredMs + durationMs);
    }
    if (namedKbps > 0) this.#show(segment);
  }

  #show({ namedKbps: toKbps, isAbrInCharge, requestedMs, deliveredMs }: DeliveredSegment): void {
    const fromKbps = this.#shownKbps;
    this.#shownKbps = toKbps;
    if (!isAbrInCharge || Number.isNaN(fromKbps) || fromKbps === toKbps) return;
    const direction = toKbps > fromKbps ? 'up' : 'down';
    if (direction === 'up') this.#total.switchesUp++;
    else this.#total.switchesDown++;
    const atMs = deliveredMs;
    this.#listener.renditionSwitch({ atMs, fromKbps, toKbps, direction, reason: '', requestedMs, appliedMs: atMs });
  }
}

function isSamePosition(a: SegmentIdentity, b: SegmentIdentity): boolean {
  return a.stem === b.stem && (a.number === b.number || (Number.isNaN(a.number) && Number.isNaN(b.number)));
}
