import type { AudienceExclusion } from '../model/audience.ts';
import type { StreamType } from '../model/media.ts';
import type { RequestReport } from '../model/request.ts';
import type { UnixMs } from '../model/time.ts';

/** One line of a log that is about sound: what the rules look at, and nothing else. Absent numbers are NaN. */
export type AudioRequest = {
  readonly atMs: UnixMs;
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly bytes: number;
  /** Position of the first byte in the object; NaN for a part whose log does not say which. */
  readonly firstByte: number;
  readonly durationMs: number;
  readonly bitrateKbps: number;
  readonly streamType: StreamType;
};

/** What a request is by itself, before bytes and windows are looked at. */
export type RequestKind = 'start' | 'download' | AudienceExclusion;

/**
 * The request rules (semantics.md section 7, "Valid log request"; formats.md section 6). 206 is a player that seeks
 * and buffers, 200 of a whole file on demand is a download; segments and live streams come with 200.
 */
export function requestKindOf(request: AudioRequest, isSegment: boolean): RequestKind {
  const { method, status, streamType } = request;
  if (method !== 'GET') return 'method';
  if (status >= 400 && status <= 499) return 'client_error';
  const isLive = streamType === 'live' || streamType === 'dvr';
  if (status === 200) return isLive || isSegment ? 'start' : 'download';
  return status === 206 && !isLive ? 'start' : 'status';
}

/** A report as the rules see it. Where a 206 begins is what its log says, if it says so. */
export function audioRequestOf(report: RequestReport): AudioRequest {
  const { startMs, path, method, status, bodyBytes, totalBytes, durationMs, rangeFirstByte, cmcd } = report;
  return {
    atMs: startMs,
    path,
    method,
    status,
    bytes: Number.isNaN(bodyBytes) ? totalBytes : bodyBytes,
    firstByte: status === 200 ? 0 : rangeFirstByte,
    durationMs,
    bitrateKbps: cmcd.bitrateKbps,
    streamType: cmcd.streamType,
  };
}
