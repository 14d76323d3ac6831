import type { Incident } from '../model/incident.ts';
import type { SessionSummary } from '../model/session.ts';

/** Changes with the formula, so that scores of two formulas are never averaged. */
export const SCORE_VERSION = '1';

/** Nothing is lost up to `good`, everything from `bad` on; in between the way is straight. */
type Scale = { readonly weight: number; readonly good: number; readonly bad: number };

const STARTUP_SECONDS: Scale = { weight: 25, good: 2, bad: 10 };
const REBUFFER_RATIO: Scale = { weight: 45, good: 0, bad: 0.1 };
/** By its logarithm: from 300 to 600 kbit/s is as much as from 1.5 to 3 Mbit/s. */
const LOG_KBPS: Scale = { weight: 30, good: Math.log(3_000), bad: Math.log(300) };
const PLAYBACK_FAILURE = 0.5;
const QUICK_EXIT_MS = 1_000;

/**
 * Viewer experience score, 0–100: what startup, stalls and quality leave of a hundred, weighted by those of the three
 * that are known; half of it when playback broke off, nothing when it never began. NaN where nobody could tell: of
 * refusals for rights or payment, and of who left within a second.
 */
export function experienceScore(summary: SessionSummary, incidents: readonly Incident[]): number {
  const { outcome, qoe, beginMs, endMs } = summary;
  if (outcome === 'start_failure') {
    return incidents.some(({ errorClass }) => errorClass === 'business') ? Number.NaN : 0;
  }
  if (outcome === 'exit_before_start') return endMs - beginMs < QUICK_EXIT_MS ? Number.NaN : 0;
  const stalledMs = qoe.stalledMs + qoe.seekStalledMs;
  const parts = [
    [STARTUP_SECONDS, qoe.startupMs / 1000],
    [REBUFFER_RATIO, stalledMs / (qoe.playingMs + stalledMs)],
    [LOG_KBPS, Math.log(qoe.renderedKbit / qoe.renderedMediaSeconds)],
  ] as const;
  let kept = 0;
  let weights = 0;
  for (const [scale, value] of parts) {
    if (!Number.isFinite(value)) continue;
    kept += scale.weight * keptOf(scale, value);
    weights += scale.weight;
  }
  const isBrokenOff = incidents.some(({ kind }) => kind === 'playback_failure');
  return ((100 * kept) / weights) * (isBrokenOff ? PLAYBACK_FAILURE : 1);
}

function keptOf({ good, bad }: Scale, value: number): number {
  return Math.min(1, Math.max(0, (bad - value) / (bad - good)));
}
