import type { Verdict } from '../../collector/model/incident.ts';
import type { Rendition } from './catalogue.ts';
import type { SessionFacts } from './session-facts.ts';

/** The line as a player knows it: over the last segment. */
const LINE_MS = 4_000;
/** Adaptation keeps this much in reserve. */
const ABR_RESERVE = 1.3;
/** A line that carries so many times a rendition would have carried the next one, too. */
const FAR_MORE = 4;

/**
 * Why a player stepped down. A server's delay that took most of the lost time is the cause. Of what is the line's or
 * the player's doing, it is the line's when it carried neither what was loaded before with its reserve, nor far more
 * than what the player went down to.
 */
export function causeOfStep(
  facts: SessionFacts,
  lostTo: Verdict,
  isFillStarved: boolean,
  from: Rendition,
  to: Rendition,
  nowMs: number,
): Verdict {
  if (lostTo !== 'unknown' && lostTo !== 'network' && lostTo !== 'abr') return lostTo;
  // The line was idle: what the player measured is what reached the edge.
  if (isFillStarved) return 'cache_miss';
  if (facts.isStubborn()) return 'abr';
  const lineKbps = facts.line.meanRate(nowMs - LINE_MS, nowMs);
  return lineKbps < from.kbps * ABR_RESERVE && lineKbps < to.kbps * FAR_MORE ? 'network' : 'abr';
}
