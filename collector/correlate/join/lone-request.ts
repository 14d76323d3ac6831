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
  readonly startMs: UnixMs;
  readonly endMs: UnixMs;
  readonly cdn: string;
  readonly path: string;
  readonly objectType: ObjectType;
  readonly status: number;
  /** Where what was reported is kept. */
  readonly row: number;
  /** Of the playback it belongs to. */
  traceId = '';
  #spanId = '';

  constructor(report: RequestReport, row: number) {
    this.edge = { report, joinMethod: '', joinConfidence: 1 };
    this.startMs = report.startMs;
    this.endMs = endOf(report);
    this.cdn = report.source.emitter;
    this.path = report.path;
    this.objectType = report.objectType;
    this.status = report.status;
    this.row = row;
  }

  /** Derived when first asked for: most requests are counted and never become spans. */
  get spanId(): string {
    if (this.#spanId === '') this.#spanId = serverSpanId(this.traceId, this.edge.report);
    return this.#spanId;
  }
}
