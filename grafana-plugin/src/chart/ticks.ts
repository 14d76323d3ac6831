import { dateTimeFormat } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { formatClock } from '../model/numbers';
import { type TimeScale, xOf } from './time-scale';

export type Tick = { readonly x: number; readonly label: string };

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((count) => count * HOUR),
];

/** Round times along the axis, far enough apart to be read. */
export function ticksOf(scale: TimeScale, timeZone: TimeZone, minGapPx = 70): Tick[] {
  const { baseMs, fromMs, toMs, widthPx } = scale;
  const wanted = ((toMs - fromMs) / widthPx) * minGapPx;
  const step = STEPS.find((candidate) => candidate >= wanted) ?? Math.ceil(wanted / (24 * HOUR)) * 24 * HOUR;
  const label = baseMs === 0 ? clockLabel(step, timeZone) : (ms: number) => formatClock(ms, decimalsOf(step));
  const ticks: Tick[] = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) {
    ticks.push({ x: xOf(scale, baseMs + at), label: label(at) });
  }
  return ticks;
}

function decimalsOf(step: number): number {
  if (step >= SECOND) {
    return 0;
  }
  return step >= 100 ? 1 : step >= 10 ? 2 : 3;
}

function clockLabel(step: number, timeZone: TimeZone): (ms: number) => string {
  const format = step >= MINUTE ? 'HH:mm' : step >= SECOND ? 'HH:mm:ss' : 'HH:mm:ss.SSS';
  return (ms) => dateTimeFormat(ms, { timeZone, format });
}
