import type { UnixMs } from '../model/time.ts';

export const PERIODS = ['day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

/** A stretch of time: its ends as SQL, and the days that lie in it as a whole, where its time zone is. */
export type During = {
  readonly begin: string;
  readonly end: string;
  /** `YYYY-MM-DD`. */
  readonly firstDay: string;
  /** The day after the last one. */
  readonly endDay: string;
  /** A day of them that is not to be read as one. */
  readonly splitDay?: string;
};

/** The time `{from}` to `{to}` of a question; `begin` when it starts elsewhere than at `{from}`. */
export function duringTime(
  fromMs: UnixMs,
  toMs: UnixMs,
  timeZone: string,
  begin = 'fromUnixTimestamp64Milli({from:Int64})',
): During {
  return {
    begin,
    end: 'fromUnixTimestamp64Milli({to:Int64})',
    // The day of the last moment before it was the last one that does not lie in it as a whole.
    firstDay: dayAfter(dayAt(fromMs - 1, timeZone)),
    endDay: dayAt(toMs, timeZone),
  };
}

/** Whole days. */
export function duringDays(firstDay: string, endDay: string): During {
  return { begin: midnight(firstDay), end: midnight(endDay), firstDay, endDay };
}

/** First day of the period that is `offset` periods after that of `day`; weeks begin on Monday. */
export function firstDayOf(period: Period, day: string, offset = 0): string {
  const date = new Date(`${day}T00:00:00Z`);
  switch (period) {
    case 'day':
      return dayAfter(day, offset);
    case 'week':
      return dayAfter(day, 7 * offset - ((date.getUTCDay() + 6) % 7));
    case 'month':
      return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1)).toISOString().slice(0, 10);
    default:
      return period satisfies never;
  }
}

export function dayAfter(day: string, days = 1): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Begin of a day where the time zone of the question is, as SQL. */
export function midnight(day: string): string {
  return `toDateTime(toDate('${day}'), {timeZone:String})`;
}

/** The day it is there at this moment. */
export function dayAt(atMs: UnixMs, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(atMs);
}

export function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

export function isPeriod(name: string): name is Period {
  return (PERIODS as readonly string[]).includes(name);
}
