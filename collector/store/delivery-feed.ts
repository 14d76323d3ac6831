import type { JoinedRequest, ServerHalf } from '../model/joined-request.ts';
import type { RequestReport } from '../model/request.ts';
import type { SessionRef } from '../model/session.ts';
import { deliveryLine } from './delivery-columns.ts';

/** Rows of the future or of 1970 would make partitions that nobody deletes. */
const MIN_MS = Date.UTC(2000, 0, 1);
const MAX_MS = Date.UTC(2100, 0, 1);

/**
 * Turns every log line into a row of the unified log when its session is known, or when it is known to have none: each
 * once. Reports are read during the call only. It runs for every line where `store.deliveries` is on.
 */
export class DeliveryFeed {
  readonly #add: (line: string) => unknown;
  #untimedLines = 0;

  /** `add` takes one row as the text of a JSON array. */
  constructor(add: (line: string) => unknown) {
    this.#add = add;
  }

  /** Lines whose clock cannot be believed, which are in no row. */
  get untimedLines(): number {
    return this.#untimedLines;
  }

  request({ traceId }: SessionRef, { edge, shield, origin }: JoinedRequest): void {
    this.#half(traceId, edge);
    this.#half(traceId, shield);
    this.#half(traceId, origin);
  }

  /** A line that is years off was left alone by correlation, which took its time of arrival away: it is in no row. */
  sessionless(report: RequestReport): void {
    if (Number.isNaN(report.receivedMs)) this.#untimedLines++;
    else this.#write(report, '', '');
  }

  #half(traceId: string, half: ServerHalf | null): void {
    if (half !== null) this.#write(half.report, traceId, half.joinMethod);
  }

  #write(report: RequestReport, traceId: string, joinedBy: ServerHalf['joinMethod']): void {
    if (report.startMs >= MIN_MS && report.startMs < MAX_MS) this.#add(deliveryLine({ report, traceId, joinedBy }));
    else this.#untimedLines++;
  }
}
