import type { ReceiverReason, RejectReason } from '../model/event.ts';
import type { Source } from '../model/source.ts';
import type { Families } from './families.ts';
import type { ValueFamily } from './family.ts';
import type { LabelSet } from './label-set.ts';
import { REJECT_REASON, SOURCE } from './labels.ts';

/** What arrived from each source, and what became of it. `receive` runs once per log line. */
export class IntakeMetrics {
  readonly #sources: LabelSet;
  readonly #reasons: LabelSet;
  readonly #received: ValueFamily;
  readonly #rejected: ValueFamily;
  readonly #duplicates: ValueFamily;
  readonly #late: ValueFamily;
  readonly #suspectClocks: ValueFamily;

  constructor(families: Families) {
    this.#sources = families.space.column(SOURCE);
    this.#reasons = families.space.column(REJECT_REASON);
    this.#received = families.counter('playpath_received_total');
    this.#rejected = families.counter('playpath_rejected_total');
    this.#duplicates = families.counter('playpath_duplicates_total');
    this.#late = families.counter('playpath_late_records_total');
    this.#suspectClocks = families.counter('playpath_suspect_clock_records_total');
  }

  receive(source: Source): void {
    this.#received.add(this.#sources.id(source.name), 1);
  }

  /** `sourceName` because a body can be refused before it is known whose it is. */
  reject(sourceName: string, reason: RejectReason | ReceiverReason, count: number): void {
    this.#rejected.add(this.#rejected.layout.key(this.#sources.id(sourceName), this.#reasons.id(reason)), count);
  }

  duplicate(source: Source): void {
    this.#duplicates.add(this.#sources.id(source.name), 1);
  }

  suspectClock(sourceName: string, count: number): void {
    this.#suspectClocks.add(this.#sources.id(sourceName), count);
  }

  late(source: Source): void {
    this.#late.add(this.#sources.id(source.name), 1);
  }
}
