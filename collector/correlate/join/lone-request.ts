import type { JoinedRequest, ServerHalf } from '../../model/joined-request.ts';
import type { ObjectType } from '../../model/media.ts';
import type { RequestReport } from '../../model/request.ts';
import type { UnixMs } from '../../model/time.ts';
import { serverSpanId } from './joined.ts';
import { endOf } from './request-group.ts';

/** A request that an edge alone reported. HOT PATH: nearly all requests of sessions without a player are such. */
export class LoneRequest implements JoinedRequest {
  readonly player = null;
  readonly shield = null;
  readonly origin = null;
  readonly edge: ServerHalf;
  startMs: UnixMs = Number.NaN;
  endMs: UnixMs = Number.NaN;
  cdn = '';
  path = '';
  objectType: ObjectType = 'other';
  status = Number.NaN;
  /** Where what was reported is kept. */
  row = -1;
  /** Of the playback it belongs to; '' until that is known. */
  traceId = '';
  #spanId = '';

  constructor(report: RequestReport) {
    this.edge = { report, joinMethod: '', joinConfidence: 1 };
  }

  /** Takes over what is in the report now, which is kept in `row`. */
  fill(row: number, traceId: string): void {
    const { report } = this.edge;
    this.startMs = report.startMs;
    this.endMs = endOf(report);
    this.cdn = report.source.emitter;
    this.path = report.path;
    this.objectType = report.objectType;
    this.status = report.status;
    this.row = row;
    this.traceId = traceId;
    this.#spanId = '';
  }

  /** Derived when first asked for: most requests are counted and never become spans. */
  get spanId(): string {
    if (this.#spanId === '') this.#spanId = serverSpanId(this.traceId, this.edge.report);
    return this.#spanId;
  }
}
