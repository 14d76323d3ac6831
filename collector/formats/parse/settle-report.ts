import type { RequestReport } from '../../model/request.ts';
import type { Decoded } from '../format.ts';

/** 2000 and 2100: a time outside is a misread number, and one of them must not move a clock. */
const EARLIEST_MS = 946_684_800_000;
const LATEST_MS = 4_102_444_800_000;

/** The last look at a filled report: what cannot be is absent, and a time that cannot be is a reason to refuse it. */
export function settleReport(report: RequestReport): Decoded {
  if (!(report.startMs >= EARLIEST_MS && report.startMs < LATEST_MS)) return 'bad_time';
  if (!(report.status >= 100 && report.status < 1000) || !Number.isInteger(report.status)) report.status = Number.NaN;
  if (!(report.durationMs >= 0)) report.durationMs = Number.NaN;
  if (!(report.ttfbMs >= 0)) report.ttfbMs = Number.NaN;
  if (!(report.bodyBytes >= 0)) report.bodyBytes = Number.NaN;
  if (!(report.totalBytes >= 0)) report.totalBytes = Number.NaN;
  if (!(report.upstreamTtfbMs >= 0)) report.upstreamTtfbMs = Number.NaN;
  if (!(report.upstreamDurationMs >= 0)) report.upstreamDurationMs = Number.NaN;
  return '';
}
