import type { RejectReason } from '../model/event.ts';
import type { RequestReport } from '../model/request.ts';
import type { Source } from '../model/source.ts';
import type { Families } from './families.ts';
import type { HistogramFamily, ValueFamily } from './family.ts';
import type { LabelSet } from './label-set.ts';
import { REJECT_REASON, SOURCE } from './labels.ts';

/** What arrived from each source, and what became of it. `receive` and `lag` run once per log line. */
export class IntakeMetrics {
  readonly #sources: LabelSet;
  readonly #reasons: LabelSet;
  readonly #received: ValueFamily;
  readonly #rejected: ValueFamily;
  readonly #duplicates: ValueFamily;
  readonly #late: ValueFamily;
  readonly #lag: HistogramFamily;

  constructor(families: Families) {
    this.#sources = families.space.column(SOURCE);
    this.#reasons = families.space.column(REJECT_REASON);
    this.#received = families.counter('playpath_received_total');
    this.#rejected = families.counter('playpath_rejected_total');
    this.#duplicates = families.counter('playpath_duplicates_total');
    this.#late = families.counter('playpath_late_records_total');
    this.#lag = families.histogram('playpath_event_lag_seconds');
  }

  receive(source: Source): void {
    this.#received.add(this.#sources.id(source.name), 1);
  }

  reject(source: Source, reason: RejectReason): void {
    this.#rejected.add(this.#rejected.layout.key(this.#sources.id(source.name), this.#reasons.id(reason)), 1);
  }

  duplicate(source: Source): void {
    this.#duplicates.add(this.#sources.id(source.name), 1);
  }

  late(source: Source): void {
    this.#late.add(this.#sources.id(source.name), 1);
  }

  /** From the end of the exchange; from its begin where the log has no duration. */
  lag(report: RequestReport): void {
    const endMs = report.durationMs >= 0 ? report.startMs + report.durationMs : report.startMs;
    const lagMs = report.receivedMs - endMs;
    // A log clock that runs ahead of ours would count as negative time; it arrived at once.
    this.#lag.observe(this.#sources.id(report.source.name), lagMs < 0 ? 0 : lagMs / 1000, 1);
  }
}
