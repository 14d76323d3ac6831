import type { Cmcd } from './cmcd.ts';
import type { Event } from './event.ts';
import { copyNumbers } from './numbers.ts';
import { RequestReport } from './request.ts';

/**
 * A copy that outlives the decoder's next line. The client is shared: it is immutable.
 * Field by field, because spreading costs twenty times as much; the test compares the list with the model.
 */
export function cloneReport(from: RequestReport): RequestReport {
  const to = new RequestReport();
  copyNumbers(from.numbers, to.numbers);
  to.source = from.source;
  to.method = from.method;
  to.scheme = from.scheme;
  to.host = from.host;
  to.path = from.path;
  to.query = from.query;
  to.contentType = from.contentType;
  to.objectType = from.objectType;
  to.errorType = from.errorType;
  to.isComplete = from.isComplete;
  to.isGeneratedUpstream = from.isGeneratedUpstream;
  to.cacheStatus = from.cacheStatus;
  to.cacheStatusRaw = from.cacheStatusRaw;
  to.pop = from.pop;
  to.referrer = from.referrer;
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
  copyNumbers(from.numbers, to.numbers);
  to.sid = from.sid;
  to.sidHint = from.sidHint;
  to.cid = from.cid;
  to.objectType = from.objectType;
  to.streamType = from.streamType;
  to.streamingFormat = from.streamingFormat;
  to.state = from.state;
  to.isStarved = from.isStarved;
  to.isStartup = from.isStartup;
  to.isBackground = from.isBackground;
  to.cdn = from.cdn;
  to.event = from.event;
  to.customEvent = from.customEvent;
  to.url = from.url;
  to.errorCodes = from.errorCodes;
  to.host = from.host;
  to.isMalformed = from.isMalformed;
}

/** Player events are immutable and pass as they are; reports are copied. */
export function cloneEvent(event: Event): Event {
  return event.kind === 'request' ? cloneReport(event) : event;
}
