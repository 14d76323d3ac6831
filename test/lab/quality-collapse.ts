import type { Verdict } from '../../collector/model/incident.ts';
import type { LostMs } from './blame.ts';
import type { ShownRun } from './playback.ts';
import type { IncidentTruth } from './session-truth.ts';

/** A step down of the loaded rendition, and what the lab knows to be its reason. */
export type StepDown = {
  readonly atMs: number;
  readonly toKbps: number;
  readonly cause: Verdict;
  readonly lostMs: LostMs;
};

const NO_STEP = { cause: 'unknown', lostMs: {} } as const;
const MEMORY_MS = 60_000;
const MIN_BEFORE_MS = 20_000;
const MIN_LENGTH_MS = 10_000;

/**
 * Semantics section 1: the rendered bitrate stays below half of what the session had sustained before, for 10 s or
 * more. `Sustained` is the mean of the last minute rendered before it, of at least 20 s.
 */
export function qualityCollapses(runs: readonly ShownRun[], steps: readonly StepDown[]): readonly IncidentTruth[] {
  const found: IncidentTruth[] = [];
  for (let first = 1; first < runs.length; first++) {
    const sustainedKbps = sustainedBefore(runs, first);
    let lengthMs = 0;
    let last = first;
    while (last < runs.length && (runs[last] as ShownRun).kbps < sustainedKbps / 2) {
      lengthMs += (runs[last] as ShownRun).renderedMs;
      last++;
    }
    if (lengthMs < MIN_LENGTH_MS) continue;
    const beginMs = (runs[first] as ShownRun).atMs;
    const { kbps } = runs[first] as ShownRun;
    const { cause, lostMs } = steps.findLast((step) => step.atMs <= beginMs && step.toKbps === kbps) ?? NO_STEP;
    found.push({ kind: 'quality_collapse', beginMs, endMs: (runs[last - 1] as ShownRun).endMs, cause, lostMs });
    first = last;
  }
  return found;
}

/** NaN when too little was rendered before. */
function sustainedBefore(runs: readonly ShownRun[], index: number): number {
  let ms = 0;
  let weighted = 0;
  for (let i = index - 1; i >= 0 && ms < MEMORY_MS; i--) {
    const run = runs[i] as ShownRun;
    const takenMs = Math.min(run.renderedMs, MEMORY_MS - ms);
    ms += takenMs;
    weighted += takenMs * run.kbps;
  }
  return ms < MIN_BEFORE_MS ? Number.NaN : weighted / ms;
}
