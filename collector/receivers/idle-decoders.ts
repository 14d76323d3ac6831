import type { LineDecoder } from '../formats/format.ts';
import type { LineSource } from './sources.ts';

/** A decoder holds on to the bytes it read last: those of a large upload are not kept for it. */
const LARGEST_BODY_BYTES = 256 * 1024;

/**
 * The decoder of each pushed log between two uploads. Making one costs what reading a dozen lines does: more than all
 * the lines of a small upload.
 */
export class IdleDecoders {
  readonly #idle = new Map<LineSource, LineDecoder>();

  /** A decoder that knows nothing of any upload. */
  take(from: LineSource): LineDecoder {
    const idle = this.#idle.get(from);
    if (idle === undefined) return from.createDecoder();
    this.#idle.delete(from);
    return idle;
  }

  /** The upload it was taken for is read. */
  give(from: LineSource, decoder: LineDecoder, bodyBytes: number): void {
    if (bodyBytes > LARGEST_BODY_BYTES) return;
    decoder.beginDelivery?.();
    decoder.forgetHeader?.();
    this.#idle.set(from, decoder);
  }
}
