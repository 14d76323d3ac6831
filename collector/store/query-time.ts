import type { UnixMs } from '../model/time.ts';

export type TimeRange = { readonly fromMs: UnixMs; readonly toMs: UnixMs };

const DAY_MS = 86_400_000;
const DEFAULT_SPAN_MS = DAY_MS;
/** A year and what belongs to its edges. */
const LONGEST_MS = 400 * DAY_MS;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS };

/** The time asked for, the last 24 hours by default; or what is wrong with it. */
export function timeRange(from: string, to: string, nowMs: UnixMs): TimeRange | { readonly problem: string } {
  const toMs = to === '' ? nowMs : parseTime(to, nowMs);
  if (Number.isNaN(toMs)) return { problem: `to is no time: ${shown(to)}. ${HINT}` };
  const fromMs = from === '' ? toMs - DEFAULT_SPAN_MS : parseTime(from, nowMs);
  if (Number.isNaN(fromMs)) return { problem: `from is no time: ${shown(from)}. ${HINT}` };
  if (fromMs >= toMs) return { problem: 'from must be before to' };
  if (toMs - fromMs > LONGEST_MS) return { problem: 'from and to are more than 400 days apart' };
  return { fromMs, toMs };
}

const HINT = 'Times are Unix milliseconds, ISO 8601 with a zone such as 2026-11-21T20:00:00Z, now, or now-24h';

function parseTime(text: string, nowMs: UnixMs): UnixMs {
  if (/^\d{12,13}$/.test(text)) return Number(text);
  const relative = /^now(?:-(\d{1,6})([smhd]))?$/.exec(text);
  if (relative) return nowMs - Number(relative[1] ?? 0) * (UNITS[relative[2] ?? 's'] ?? 0);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}

type Step = {
  readonly seconds: number;
  /** Begin of the step that a column of times is in. */
  readonly begin: (time: string) => string;
};

/** Steps a time can be cut into; days and longer are of a time zone. */
export const STEPS = {
  minute: { seconds: 60, begin: (time) => `toStartOfMinute(${time})` },
  '5m': { seconds: 300, begin: (time) => `toStartOfFiveMinutes(${time})` },
  '15m': { seconds: 900, begin: (time) => `toStartOfFifteenMinutes(${time})` },
  hour: { seconds: 3_600, begin: (time) => `toStartOfHour(${time}, {timeZone:String})` },
  day: { seconds: 86_400, begin: (time) => `toStartOfDay(${time}, {timeZone:String})` },
  week: {
    seconds: 604_800,
    begin: (time) => `toDateTime(toStartOfWeek(${time}, 1, {timeZone:String}), {timeZone:String})`,
  },
  month: {
    seconds: 2_592_000,
    begin: (time) => `toDateTime(toStartOfMonth(${time}, {timeZone:String}), {timeZone:String})`,
  },
} as const satisfies Record<string, Step>;
export type StepName = keyof typeof STEPS;

/** A step that makes a readable line of the time asked for. */
export function stepFor({ fromMs, toMs }: TimeRange): StepName {
  const spanMs = toMs - fromMs;
  if (spanMs <= DAY_MS / 8) return 'minute';
  if (spanMs <= DAY_MS / 2) return '5m';
  if (spanMs <= 2 * DAY_MS) return '15m';
  return spanMs <= 8 * DAY_MS ? 'hour' : 'day';
}
