import { type TimeRangeMs, within } from './time-scale';

/** A part of the overview's window: one of its edges, or all of it. */
export type Grip = 'from' | 'to' | 'move';

const SHORTEST_MS = 50;

/** The window after one of its grips was moved. */
export function draggedRange(grip: Grip, range: TimeRangeMs, byMs: number, full: TimeRangeMs): TimeRangeMs {
  switch (grip) {
    case 'from':
      return {
        fromMs: Math.max(full.fromMs, Math.min(range.fromMs + byMs, range.toMs - SHORTEST_MS)),
        toMs: range.toMs,
      };
    case 'to':
      return {
        fromMs: range.fromMs,
        toMs: Math.min(full.toMs, Math.max(range.toMs + byMs, range.fromMs + SHORTEST_MS)),
      };
    case 'move':
      return within({ fromMs: range.fromMs + byMs, toMs: range.toMs + byMs }, full);
  }
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 0.02,
  ArrowUp: 0.02,
  ArrowLeft: -0.02,
  ArrowDown: -0.02,
  PageUp: 0.1,
  PageDown: -0.1,
  Home: -1,
  End: 1,
};

/** How far a key moves a grip, as a share of the whole; undefined leaves the key to others. */
export function keyStep(key: string): number | undefined {
  return Object.hasOwn(STEPS, key) ? STEPS[key] : undefined;
}
