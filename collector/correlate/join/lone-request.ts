import type { JoinedRequest, ServerHalf } from '../../model/joined-request.ts';
import type { ObjectType } from '../../model/media.ts';
import type { RequestReport } from '../../model/request.ts';
import type { UnixMs } from '../../model/time.ts';
import { serverSpanId } from './joined.ts';
import { endOf } from './request-group.ts';

/**
 * A request that an edge alone reported, used again for another when nobody looks at it any more. HOT PATH: nearly
 * all requests of sessions without a player are such.
 */
export class LoneRequest implements JoinedRequest {
  readonly player = null;
  readonly shield = null;
  readonly origin = null;
  readonly edge: ServerHalf & { report: RequestReport } = {
    report: null as unknown as RequestReport,
    joinMethod: '',
    joinConfidence: 1,
  };
  startMs: UnixMs = Number.NaN;
  endMs: UnixMs = Number.NaN;
  cdn = '';
  path = '';
  objectType: ObjectType = 'other';
  status = Number.NaN;
  #traceId = '';
  #spanId = '';

  fill(report: RequestReport, traceId: string): void {
    this.edge.report = report;
    this.startMs = report.startMs;
    this.endMs = endOf(report);
    this.cdn = report.source.emitter;
    this.path = report.path;
    this.objectType = report.objectType;
    this.status = report.status;
    this.#traceId = traceId;
    this.#spanId = '';
  }

  /** Derived when first asked for: most requests are counted and never become spans. */
  get spanId(): string {
    if (this.#spanId === '') this.#spanId = serverSpanId(this.#traceId, this.edge.report);
    return this.#spanId;
  }
}
