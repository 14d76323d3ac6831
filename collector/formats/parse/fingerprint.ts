import type { RequestReport } from '../../model/request.ts';
import type { Source } from '../../model/source.ts';
import { ByteHash } from '../../privacy/byte-hash.ts';
import type { ByteBlock } from './byte-block.ts';
import type { Columns } from './columns.ts';
import { LineOccurrences } from './line-occurrences.ts';

/**
 * The 64-bit identity of a record (`uidHigh`, `uidLow`): equal for the same record delivered twice, also when one log
 * wrote it as JSON and another as text; different for two records. It counts who wrote the record (tenant, tier,
 * emitter) and its vendor's id where that is unique, else the raw line and which of its like it is in its delivery.
 * HOT PATH: runs for every line. Bench: test/bench/decode.ts.
 */
export class RecordFingerprint {
  readonly #hash = new ByteHash();
  readonly #occurrences = new LineOccurrences();
  #source: Source | null = null;
  #seedHigh = 0;
  #seedLow = 0;

  /** A delivery begins: counting equal lines starts again, so that the same delivery gives the same identities. */
  beginDelivery(): void {
    this.#occurrences.clear();
  }

  /** By an id that its vendor makes unique per record. */
  ofId(source: Source, block: ByteBlock, start: number, end: number, report: RequestReport): void {
    this.#begin(source);
    this.#hash.add(block.view, start, end);
    this.#finish(report);
  }

  /** By several fields that are only unique together. */
  ofColumns(source: Source, columns: Columns, parts: readonly number[], report: RequestReport): void {
    this.#begin(source);
    for (const part of parts) this.#hash.add(columns.block(part).view, columns.start(part), columns.end(part));
    this.#finish(report);
  }

  /** By the line itself: two equal lines of one delivery are two records. */
  ofLine(source: Source, block: ByteBlock, start: number, end: number, report: RequestReport): void {
    const hash = this.#hash;
    this.#begin(source);
    hash.add(block.view, start, end);
    hash.end();
    const occurrence = this.#occurrences.next(hash.high, hash.low);
    if (occurrence > 0) {
      hash.addNumber(occurrence);
      hash.end();
    }
    report.uidHigh = hash.high;
    report.uidLow = hash.low;
  }

  #begin(source: Source): void {
    if (source !== this.#source) {
      this.#source = source;
      const name = Uint8Array.from(Buffer.from(`${source.tenant}\n${source.tier}\n${source.emitter}`));
      this.#hash.begin(0, 0);
      this.#hash.add(new DataView(name.buffer), 0, name.length);
      this.#hash.end();
      this.#seedHigh = this.#hash.high;
      this.#seedLow = this.#hash.low;
    }
    this.#hash.begin(this.#seedHigh, this.#seedLow);
  }

  #finish(report: RequestReport): void {
    this.#hash.end();
    report.uidHigh = this.#hash.high;
    report.uidLow = this.#hash.low;
  }
}
