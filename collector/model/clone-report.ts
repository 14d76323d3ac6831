import type { Cmcd } from './cmcd.ts';
import type { Event } from './event.ts';
import { RequestReport } from './request.ts';

/**
 * A copy that outlives the decoder's next line. The client is shared: it is immutable.
 * Field by field, because spreading costs twenty times as much; the test compares the list with the model.
 */
export function cloneReport(from: RequestReport): RequestReport {
  const to = new RequestReport();
  to.source = from.source;
  to.receivedMs = from.receivedMs;
  to.startMs = from.startMs;
  to.durationMs = from.durationMs;
  to.ttfbMs = from.ttfbMs;
  to.precisionMs = from.precisionMs;
  to.method = from.method;
  to.scheme = from.scheme;
  to.host = from.host;
  to.path = from.path;
  to.query = from.query;
  to.status = from.status;
  to.bodyBytes = from.bodyBytes;
  to.totalBytes = from.totalBytes;
  to.contentType = from.contentType;
  to.objectType = from.objectType;
  to.errorType = from.errorType;
  to.isComplete = from.isComplete;
  to.isGeneratedUpstream = from.isGeneratedUpstream;
  to.cacheStatus = from.cacheStatus;
  to.cacheStatusRaw = from.cacheStatusRaw;
  to.pop = from.pop;
  to.upstreamTtfbMs = from.upstreamTtfbMs;
  to.upstreamDurationMs = from.upstreamDurationMs;
  to.upstreamStatus = from.upstreamStatus;
  to.requestId = from.requestId;
  to.parentRequestId = from.parentRequestId;
  to.rid = from.rid;
  to.traceId = from.traceId;
  to.parentSpanId = from.parentSpanId;
  to.spanId = from.spanId;
  to.sessionId = from.sessionId;
  to.sessionJoin = from.sessionJoin;
  to.client = from.client;
  to.uidHigh = from.uidHigh;
  to.uidLow = from.uidLow;
  copyCmcd(from.cmcd, to.cmcd);
  return to;
}

function copyCmcd(from: Cmcd, to: Cmcd): void {
  to.sid = from.sid;
  to.cid = from.cid;
  to.version = from.version;
  to.sn = from.sn;
  to.objectType = from.objectType;
  to.streamType = from.streamType;
  to.streamingFormat = from.streamingFormat;
  to.state = from.state;
  to.bitrateKbps = from.bitrateKbps;
  to.topBitrateKbps = from.topBitrateKbps;
  to.lowestBitrateKbps = from.lowestBitrateKbps;
  to.playheadBitrateKbps = from.playheadBitrateKbps;
  to.bufferMs = from.bufferMs;
  to.objectDurationMs = from.objectDurationMs;
  to.deadlineMs = from.deadlineMs;
  to.measuredKbps = from.measuredKbps;
  to.requestedMaxKbps = from.requestedMaxKbps;
  to.startDelayMs = from.startDelayMs;
  to.liveLatencyMs = from.liveLatencyMs;
  to.playbackRate = from.playbackRate;
  to.playheadMs = from.playheadMs;
  to.droppedFrames = from.droppedFrames;
  to.isStarved = from.isStarved;
  to.starvedMs = from.starvedMs;
  to.isStartup = from.isStartup;
  to.isBackground = from.isBackground;
  to.cdn = from.cdn;
  to.event = from.event;
  to.customEvent = from.customEvent;
  to.ts = from.ts;
  to.url = from.url;
  to.responseCode = from.responseCode;
  to.ttfbMs = from.ttfbMs;
  to.ttlbMs = from.ttlbMs;
  to.errorCodes = from.errorCodes;
  to.host = from.host;
  to.isMalformed = from.isMalformed;
}

/** Player events are immutable and pass as they are; reports are copied. */
export function cloneEvent(event: Event): Event {
  return event.kind === 'request' ? cloneReport(event) : event;
}
