import type { Cmcd } from '../model/cmcd.ts';
import type { RequestReport } from '../model/request.ts';
import type { RecordWriter } from './record-writer.ts';

/**
 * HOT PATH. The fields of a report, written out one by one because a loop over names costs ten times as much; the test
 * compares the list with the model. A tag never changes its meaning: journals outlive a release. 0 ends the record.
 */
export function writeReport(writer: RecordWriter, report: RequestReport): void {
  writer.number(1, report.receivedMs);
  writer.number(2, report.startMs);
  writer.number(3, report.durationMs);
  writer.number(4, report.ttfbMs);
  if (report.precisionMs !== 1) writer.present(5, report.precisionMs);
  writer.number(6, report.status);
  writer.number(7, report.bodyBytes);
  writer.number(8, report.totalBytes);
  writer.number(9, report.upstreamTtfbMs);
  writer.number(10, report.upstreamDurationMs);
  writer.number(11, report.upstreamStatus);
  if (report.uidHigh !== 0) writer.present(12, report.uidHigh);
  if (report.uidLow !== 0) writer.present(13, report.uidLow);
  writer.text(14, report.method);
  writer.text(15, report.scheme);
  writer.text(16, report.host);
  writer.text(17, report.path);
  writer.text(18, report.query);
  writer.text(19, report.contentType);
  if (report.objectType !== 'other') writer.presentText(20, report.objectType);
  writer.text(21, report.errorType);
  writer.text(22, report.cacheStatus);
  writer.text(23, report.cacheStatusRaw);
  writer.text(24, report.pop);
  writer.text(25, report.requestId);
  writer.text(26, report.parentRequestId);
  writer.text(27, report.rid);
  writer.text(28, report.traceId);
  writer.text(29, report.parentSpanId);
  writer.text(30, report.spanId);
  writer.text(31, report.sessionId);
  writer.text(32, report.sessionJoin);
  writer.flag(33, !report.isComplete);
  writer.flag(34, report.isGeneratedUpstream);
  writer.text(72, report.referrer);
  writer.number(73, report.rangeFirstByte);
  writeCmcd(writer, report.cmcd);
  writer.byte(0);
}

function writeCmcd(writer: RecordWriter, cmcd: Cmcd): void {
  if (cmcd.version !== 1) writer.present(35, cmcd.version);
  writer.number(36, cmcd.sn);
  writer.number(37, cmcd.bitrateKbps);
  writer.number(38, cmcd.topBitrateKbps);
  writer.number(39, cmcd.lowestBitrateKbps);
  writer.number(40, cmcd.playheadBitrateKbps);
  writer.number(41, cmcd.bufferMs);
  writer.number(42, cmcd.objectDurationMs);
  writer.number(43, cmcd.deadlineMs);
  writer.number(44, cmcd.measuredKbps);
  writer.number(45, cmcd.requestedMaxKbps);
  writer.number(46, cmcd.startDelayMs);
  writer.number(47, cmcd.liveLatencyMs);
  writer.number(48, cmcd.playbackRate);
  writer.number(49, cmcd.playheadMs);
  writer.number(50, cmcd.droppedFrames);
  writer.number(51, cmcd.starvedMs);
  writer.number(52, cmcd.ts);
  writer.number(53, cmcd.responseCode);
  writer.number(54, cmcd.ttfbMs);
  writer.number(55, cmcd.ttlbMs);
  writer.text(56, cmcd.sid);
  writer.text(57, cmcd.cid);
  writer.text(58, cmcd.objectType);
  writer.text(59, cmcd.streamType);
  writer.text(60, cmcd.streamingFormat);
  writer.text(61, cmcd.state);
  writer.text(62, cmcd.cdn);
  writer.text(63, cmcd.event);
  writer.text(64, cmcd.customEvent);
  writer.text(65, cmcd.url);
  writer.text(66, cmcd.errorCodes);
  writer.text(67, cmcd.host);
  writer.flag(68, cmcd.isStarved);
  writer.flag(69, cmcd.isStartup);
  writer.flag(70, cmcd.isBackground);
  writer.flag(71, cmcd.isMalformed);
}
