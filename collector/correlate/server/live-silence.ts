import type { JoinedRequest } from '../../model/joined-request.ts';
import type { UnixMs } from '../../model/time.ts';
import type { Flight } from './flight.ts';

/** A live player that polled so often and asked for no segment had found nothing new, or wanted nothing. */
export const SILENT_POLLS = 2;
/** A segment asked for this soon after a poll is news of that poll. */
const NEWS_MS = 150;

type Silence = { readonly flight: Flight; readonly dryMs: UnixMs; readonly isNews: boolean };

/**
 * Why a live player that goes on polling asked for no segment for a while: there was none, or it was stopped with a
 * full buffer. Its next two requests tell. A hungry player asks at once for what a poll has told it of, and again when
 * it has got that; one with a full buffer when it has played some of it.
 */
export class LiveSilence {
  #silence: Silence | null = null;

  /** One has ended, and it is not known yet why. */
  get isOpen(): boolean {
    return this.#silence !== null;
  }

  /** What ended it failed, which says nothing. */
  forget(): void {
    this.#silence = null;
  }

  /** `flight` ends it; the buffer ran dry at `dryMs`, which may be later. */
  ended(flight: Flight, dryMs: UnixMs, polledMs: UnixMs): void {
    const { startMs, edge } = flight.request;
    this.#silence = { flight, dryMs, isNews: startMs - polledMs <= NEWS_MS + (edge?.report.precisionMs ?? 0) };
  }

  holdInto(held: Set<JoinedRequest>): void {
    if (this.#silence !== null) held.add(this.#silence.flight.request);
  }

  /** The next request is sent: what the last silence was; null while that is not known. */
  explain(nowMs: UnixMs, segmentMs: number): { readonly kind: 'starved' | 'full'; readonly silence: Silence } | null {
    const silence = this.#silence;
    if (silence === null) return null;
    this.#silence = null;
    const isHungry = nowMs - silence.flight.request.endMs <= segmentMs / 3;
    if (isHungry) return { kind: 'starved', silence };
    return silence.isNews ? null : { kind: 'full', silence };
  }
}
