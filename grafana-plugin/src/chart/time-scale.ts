/** Which part of the time is on screen. Axis time is Unix time minus the base: 0 for the clock, the session's begin for session time. */
export type TimeRangeMs = { readonly fromMs: number; readonly toMs: number };

export type TimeScale = TimeRangeMs & { readonly baseMs: number; readonly widthPx: number };

/** Pixels of a Unix time. */
export function xOf({ baseMs, fromMs, toMs, widthPx }: TimeScale, atMs: number): number {
  return ((atMs - baseMs - fromMs) / (toMs - fromMs)) * widthPx;
}

/** Unix time of a pixel. */
export function timeAt({ baseMs, fromMs, toMs, widthPx }: TimeScale, x: number): number {
  return baseMs + fromMs + (x / widthPx) * (toMs - fromMs);
}

/** Milliseconds in one pixel. */
export function msPerPx({ fromMs, toMs, widthPx }: TimeScale): number {
  return (toMs - fromMs) / widthPx;
}

const NARROWEST_MS = 5;

/** The part `factor` times as long around `aroundMs`, within `full`. */
export function zoomed(range: TimeRangeMs, full: TimeRangeMs, factor: number, aroundMs: number): TimeRangeMs {
  const fullLength = full.toMs - full.fromMs;
  const length = Math.min(
    fullLength,
    Math.max(Math.min(NARROWEST_MS, fullLength), (range.toMs - range.fromMs) * factor)
  );
  const share = (aroundMs - range.fromMs) / (range.toMs - range.fromMs);
  return within({ fromMs: aroundMs - length * share, toMs: aroundMs + length * (1 - share) }, full);
}

export function panned(range: TimeRangeMs, full: TimeRangeMs, byMs: number): TimeRangeMs {
  return within({ fromMs: range.fromMs + byMs, toMs: range.toMs + byMs }, full);
}

/** Moves a part into the whole, keeping its length where it fits. */
export function within({ fromMs, toMs }: TimeRangeMs, full: TimeRangeMs): TimeRangeMs {
  const length = Math.min(toMs - fromMs, full.toMs - full.fromMs);
  const from = Math.min(Math.max(fromMs, full.fromMs), full.toMs - length);
  return { fromMs: from, toMs: from + length };
}

/** The part that shows an interval with room around it; unchanged when it is in view and wide enough to see. */
export function revealed(range: TimeRangeMs, full: TimeRangeMs, startMs: number, endMs: number): TimeRangeMs {
  const length = endMs - startMs;
  const isInView = startMs >= range.fromMs && endMs <= range.toMs;
  if (isInView && length >= (range.toMs - range.fromMs) / 50) {
    return range;
  }
  return focused(full, startMs, endMs);
}

/** The part that shows an interval and as much again on both sides. */
export function focused(full: TimeRangeMs, startMs: number, endMs: number): TimeRangeMs {
  const margin = Math.max((endMs - startMs) * 1.5, 1500);
  return within({ fromMs: startMs - margin, toMs: endMs + margin }, full);
}

export function isSameRange(a: TimeRangeMs, b: TimeRangeMs): boolean {
  return a.fromMs === b.fromMs && a.toMs === b.toMs;
}
