import type { Cmcd } from '../model/cmcd.ts';
import type { RequestReport } from '../model/request.ts';
import type { RecordReader } from './record-reader.ts';

/** Tags of CMCD's own fields: from the first to before those that came later. */
const CMCD_FROM = 35;
const LATER_FROM = 72;

/** Fills `report` with what `writeReport` wrote. An unknown tag breaks the record: its length is not known. */
export function readReport(reader: RecordReader, report: RequestReport): void {
  report.clear();
  for (let tag = reader.byte(); tag !== 0 && !reader.isBroken; tag = reader.byte()) {
    if (tag >> 1 < CMCD_FROM || tag >> 1 >= LATER_FROM) readField(reader, tag, report);
    else readCmcdField(reader, tag, report.cmcd);
  }
}

function readField(reader: RecordReader, tag: number, report: RequestReport): void {
  switch (tag >> 1) {
    case 1:
      report.receivedMs = reader.number(tag);
      return;
    case 2:
      report.startMs = reader.number(tag);
      return;
    case 3:
      report.durationMs = reader.number(tag);
      return;
    case 4:
      report.ttfbMs = reader.number(tag);
      return;
    case 5:
      report.precisionMs = reader.number(tag);
      return;
    case 6:
      report.status = reader.number(tag);
      return;
    case 7:
      report.bodyBytes = reader.number(tag);
      return;
    case 8:
      report.totalBytes = reader.number(tag);
      return;
    case 9:
      report.upstreamTtfbMs = reader.number(tag);
      return;
    case 10:
      report.upstreamDurationMs = reader.number(tag);
      return;
    case 11:
      report.upstreamStatus = reader.number(tag);
      return;
    case 12:
      report.uidHigh = reader.number(tag);
      return;
    case 13:
      report.uidLow = reader.number(tag);
      return;
    case 14:
      report.method = reader.text(tag);
      return;
    case 15:
      report.scheme = reader.text(tag);
      return;
    case 16:
      report.host = reader.text(tag);
      return;
    case 17:
      report.path = reader.text(tag);
      return;
    case 18:
      report.query = reader.text(tag);
      return;
    case 19:
      report.contentType = reader.text(tag);
      return;
    case 20:
      report.objectType = reader.text(tag) as RequestReport['objectType'];
      return;
    case 21:
      report.errorType = reader.text(tag);
      return;
    case 22:
      report.cacheStatus = reader.text(tag) as RequestReport['cacheStatus'];
      return;
    case 23:
      report.cacheStatusRaw = reader.text(tag);
      return;
    case 24:
      report.pop = reader.text(tag);
      return;
    case 25:
      report.requestId = reader.text(tag);
      return;
    case 26:
      report.parentRequestId = reader.text(tag);
      return;
    case 27:
      report.rid = reader.text(tag);
      return;
    case 28:
      report.traceId = reader.text(tag);
      return;
    case 29:
      report.parentSpanId = reader.text(tag);
      return;
    case 30:
      report.spanId = reader.text(tag);
      return;
    case 31:
      report.sessionId = reader.text(tag);
      return;
    case 32:
      report.sessionJoin = reader.text(tag) as RequestReport['sessionJoin'];
      return;
    case 33:
      report.isComplete = false;
      return;
    case 34:
      report.isGeneratedUpstream = true;
      return;
    case 72:
      report.referrer = reader.text(tag);
      return;
    case 73:
      report.rangeFirstByte = reader.number(tag);
      return;
    default:
      reader.isBroken = true;
  }
}

function readCmcdField(reader: RecordReader, tag: number, cmcd: Cmcd): void {
  switch (tag >> 1) {
    case 35:
      cmcd.version = reader.number(tag);
      return;
    case 36:
      cmcd.sn = reader.number(tag);
      return;
    case 37:
      cmcd.bitrateKbps = reader.number(tag);
      return;
    case 38:
      cmcd.topBitrateKbps = reader.number(tag);
      return;
    case 39:
      cmcd.lowestBitrateKbps = reader.number(tag);
      return;
    case 40:
      cmcd.playheadBitrateKbps = reader.number(tag);
      return;
    case 41:
      cmcd.bufferMs = reader.number(tag);
      return;
    case 42:
      cmcd.objectDurationMs = reader.number(tag);
      return;
    case 43:
      cmcd.deadlineMs = reader.number(tag);
      return;
    case 44:
      cmcd.measuredKbps = reader.number(tag);
      return;
    case 45:
      cmcd.requestedMaxKbps = reader.number(tag);
      return;
    case 46:
      cmcd.startDelayMs = reader.number(tag);
      return;
    case 47:
      cmcd.liveLatencyMs = reader.number(tag);
      return;
    case 48:
      cmcd.playbackRate = reader.number(tag);
      return;
    case 49:
      cmcd.playheadMs = reader.number(tag);
      return;
    case 50:
      cmcd.droppedFrames = reader.number(tag);
      return;
    case 51:
      cmcd.starvedMs = reader.number(tag);
      return;
    case 52:
      cmcd.ts = reader.number(tag);
      return;
    case 53:
      cmcd.responseCode = reader.number(tag);
      return;
    case 54:
      cmcd.ttfbMs = reader.number(tag);
      return;
    case 55:
      cmcd.ttlbMs = reader.number(tag);
      return;
    case 56:
      cmcd.sid = reader.text(tag);
      return;
    case 57:
      cmcd.cid = reader.text(tag);
      return;
    case 58:
      cmcd.objectType = reader.text(tag) as Cmcd['objectType'];
      return;
    case 59:
      cmcd.streamType = reader.text(tag) as Cmcd['streamType'];
      return;
    case 60:
      cmcd.streamingFormat = reader.text(tag);
      return;
    case 61:
      cmcd.state = reader.text(tag) as Cmcd['state'];
      return;
    case 62:
      cmcd.cdn = reader.text(tag);
      return;
    case 63:
      cmcd.event = reader.text(tag);
      return;
    case 64:
      cmcd.customEvent = reader.text(tag);
      return;
    case 65:
      cmcd.url = reader.text(tag);
      return;
    case 66:
      cmcd.errorCodes = reader.text(tag);
      return;
    case 67:
      cmcd.host = reader.text(tag);
      return;
    case 68:
      cmcd.isStarved = true;
      return;
    case 69:
      cmcd.isStartup = true;
      return;
    case 70:
      cmcd.isBackground = true;
      return;
    case 71:
      cmcd.isMalformed = true;
      return;
    default:
      reader.isBroken = true;
  }
}
