import type { RequestReport } from '../../model/request.ts';
import type { Decoded } from '../format.ts';

/** 2000 and 2100: a time outside is a misread number, and one of them must not move a clock. */
const EARLIEST_MS = 946_684_800_000;
const LATEST_MS = 4_102_444_800_000;

/** The last look at a filled report: what cannot be is absent, and a time that cannot be is a reason to refuse it. */
export function settleReport(report: RequestReport): Decoded {
  if (!(report.startMs >= EARLIEST_MS && report.startMs < LATEST_MS)) return 'bad_time';
  if (!(report.status >= 100 && report.status < 1000) || !Number.isInteger(report.status)) report.status = Number.NaN;
  report.durationMs = amount(report.durationMs);
  report.ttfbMs = amount(report.ttfbMs);
  report.bodyBytes = amount(report.bodyBytes);
  report.totalBytes = amount(report.totalBytes);
  report.upstreamTtfbMs = amount(report.upstreamTtfbMs);
  report.upstreamDurationMs = amount(report.upstreamDurationMs);
  return '';
}

/** `-1` is how some logs write "not reached". */
function amount(value: number): number {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN;
}
