import type { ObjectType } from './media.ts';
import type { RequestReport } from './request.ts';
import type { UnixMs } from './time.ts';

/** How two halves were recognised as one request, best first (semantics.md section 8). */
export const JOIN_METHODS = ['traceparent', 'request_id', 'sid+url+order', 'sid+time', 'device+url+time'] as const;
export type JoinMethod = (typeof JOIN_METHODS)[number];

/** A server half with the way it was attached to the half below it. */
export type ServerHalf = {
  readonly report: RequestReport;
  /** '' when it stands alone: nothing below it reported this request. */
  readonly joinMethod: JoinMethod | '';
  /** 0–1. */
  readonly joinConfidence: number;
};

/** One HTTP object fetch with every half that reported it, in server time. */
export type JoinedRequest = {
  readonly player: RequestReport | null;
  readonly edge: ServerHalf | null;
  readonly shield: ServerHalf | null;
  readonly origin: ServerHalf | null;
  /** Begin and end as the party nearest the viewer saw them, clock-corrected. */
  readonly startMs: UnixMs;
  readonly endMs: UnixMs;
  readonly cdn: string;
  readonly path: string;
  readonly objectType: ObjectType;
  /** NaN when nobody answered. */
  readonly status: number;
  /** Span id of the outermost half, 16 hex digits: the request's identity as evidence. */
  readonly spanId: string;
};
