import type { Verdict } from '../../model/incident.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import { mostThroughputKbps, renditionKbps } from '../content/object-rates.ts';
import { cmcdOf, isDelivered } from '../join/request-halves.ts';
import { timingOf } from '../join/request-timing.ts';
import type { Decision, IncidentDraft, IncidentEvidence } from './incident-draft.ts';
import { type Cause, gatherFacts, type VerdictFacts } from './verdict-evidence.ts';
import * as words from './verdict-words.ts';

/** Why a rule holds: how sure, and which requests show it. */
type Proof = { readonly confidence: number; readonly requests: readonly JoinedRequest[] };

type Rule = {
  readonly verdict: Verdict;
  /** null when the rule does not hold. */
  readonly when: (facts: VerdictFacts) => Proof | null;
  readonly says: (requests: readonly JoinedRequest[], facts: VerdictFacts) => string;
};

const EVIDENCE_LIMIT = 16;
/** A cause that took this share of the lost time is the cause; below it the confidence falls. */
const CLEAR_SHARE = 0.8;
const BURST = 3;
/** ABR keeps this much in reserve, so a rendition needs it. */
const ABR_RESERVE = 1.3;
/** A line that carries so many times a rendition would have carried the next one, too. */
const FAR_MORE = 4;
/** So far from the border there is no doubt. */
const CLEARLY = 1.3;
/** A player that has had its media this long and does not move is stuck. */
const STUCK_MS = 2_000;
/** Media that came this long before a stall says that delivery worked. */
const IN_TIME_MS = 20_000;

/**
 * The causes, first match wins (semantics.md section 5). What took most of the lost time decides among the
 * delivery's; those that lost no time come after them. When none holds the verdict is `unknown`.
 */
export const RULES: readonly Rule[] = [
  { verdict: 'drm', when: keyFailed, says: words.refusedKey },
  { verdict: 'auth', when: refused, says: words.answered },
  { verdict: 'origin_error', when: mostLostTo('origin_error'), says: words.originAnswered },
  { verdict: 'edge_error', when: mostLostTo('edge_error'), says: words.answered },
  { verdict: 'manifest_stale', when: mostLostTo('manifest_stale'), says: words.stoodStill },
  { verdict: 'origin_slow', when: mostLostTo('origin_slow'), says: words.waitedForOrigin },
  { verdict: 'cache_miss', when: missBurst, says: words.missed },
  { verdict: 'edge_slow', when: mostLostTo('edge_slow'), says: words.waitedForEdge },
  { verdict: 'network', when: linePressed, says: words.travelled },
  { verdict: 'abr', when: steppedDownForNothing, says: words.askedTooLittle },
  { verdict: 'abr', when: mostLostTo('abr'), says: words.askedTooMuch },
  { verdict: 'network', when: mostLostTo('network'), says: words.travelled },
  { verdict: 'failover', when: movedCdn, says: words.moved },
  { verdict: 'ad', when: inAd, says: () => 'it happened during an ad' },
  { verdict: 'client', when: deliveredInTime, says: words.inTime },
];

/** The cause of one incident. Pure: the same draft and evidence give the same answer. */
export function decideVerdict(draft: IncidentDraft, evidence: IncidentEvidence): Decision {
  const facts = gatherFacts(draft, evidence);
  for (const { verdict, when, says } of RULES) {
    const proof = when(facts);
    if (!proof) continue;
    const requests = [...new Set(proof.requests)].toSorted((a, b) => a.startMs - b.startMs);
    return {
      verdict,
      confidence: Math.round(Math.min(1, Math.max(0, proof.confidence)) * 100) / 100,
      ...whereOf(requests),
      evidence: requests.slice(0, EVIDENCE_LIMIT).map(({ spanId }) => spanId),
      cause: says(requests, facts),
    };
  }
  return { verdict: 'unknown', confidence: 0, evidence: [], cause: words.unexplained(facts) };
}

/** Site and rendition of most of the requests that prove it. */
function whereOf(requests: readonly JoinedRequest[]): Pick<Decision, 'where'> {
  const media = requests.filter(isPicture);
  const telling = media.length > 0 ? media : requests;
  const pop = ({ edge }: JoinedRequest): string => edge?.report.pop ?? '';
  const places = Map.groupBy(telling, (request) => `${request.cdn}\n${pop(request)}`);
  const most = [...places.values()].sort((a, b) => b.length - a.length)[0];
  const [first] = most ?? [];
  if (first === undefined) return {};
  return { where: { cdn: first.cdn, pop: pop(first), bitrateKbps: cmcdOf(first).bitrateKbps } };
}

function mostLostTo(cause: Cause): Rule['when'] {
  return (facts) => (facts.worst === cause ? proofOf(cause, facts) : null);
}

/** Certainty of the losses, weighed by their time, less what other causes took. */
function proofOf(cause: Cause, { losses, share }: VerdictFacts): Proof {
  let weight = 0;
  let sum = 0;
  const own = losses.filter((loss) => loss.cause === cause);
  for (const { beginMs, endMs, certainty } of own) {
    const ms = Math.max(1, endMs - beginMs);
    weight += ms;
    sum += ms * certainty;
  }
  const clarity = Math.min(1, 1 - (CLEAR_SHARE - Math.min(share, CLEAR_SHARE)) / 2);
  return { confidence: (sum / weight) * clarity, requests: own.flatMap(({ requests }) => requests) };
}

function keyFailed(facts: VerdictFacts): Proof | null {
  if (facts.worst === 'drm') return proofOf('drm', facts);
  if (!isFailure(facts) || !facts.errors.has('drm')) return null;
  const keys = facts.suspects.filter((request) => request.objectType === 'key' && !isDelivered(request));
  return { confidence: 0.95, requests: keys };
}

function refused(facts: VerdictFacts): Proof | null {
  if (facts.worst === 'auth') return proofOf('auth', facts);
  const isSaid = isFailure(facts) && facts.errors.has('rights') && facts.worst === '';
  return isSaid ? { confidence: 0.8, requests: [] } : null;
}

/** One slow miss is bad luck; several are a cache that does not hold. */
function missBurst(facts: VerdictFacts): Proof | null {
  if (facts.worst !== 'cache_miss') return null;
  const { confidence, requests } = proofOf('cache_miss', facts);
  const misses = facts.suspects.filter((request) => isMediaObject(request.objectType) && timingOf(request).isMiss);
  const hasOrigin = misses.some(({ origin }) => origin !== null);
  if (misses.length < BURST) return { confidence: Math.min(confidence, 0.6), requests };
  return { confidence: hasOrigin ? Math.max(confidence, 0.85) : confidence, requests };
}

function movedCdn(facts: VerdictFacts): Proof | null {
  if (facts.worst === 'failover') return proofOf('failover', facts);
  const isMove = facts.draft.kind === 'failover' && facts.worst === '' && facts.draft.failover?.reason !== 'stall';
  return isMove ? { confidence: 0.5, requests: [] } : null;
}

function inAd({ draft, errors, worst }: VerdictFacts): Proof | null {
  if (worst !== '') return null;
  if (draft.isInAd) return { confidence: 0.75, requests: [] };
  const isFailing = draft.kind === 'startup_failure' || draft.kind === 'playback_failure';
  return isFailing && errors.has('ad') ? { confidence: 0.8, requests: [] } : null;
}

/** A player stepped down because its line had no reserve for what was shown before. */
function linePressed(facts: VerdictFacts): Proof | null {
  const line = lineBeforeStep(facts);
  if (!line?.isPressed) return null;
  const late = facts.worst === 'network' ? proofOf('network', facts).requests : [];
  return { confidence: line.isClear ? 0.8 : 0.6, requests: [...line.requests, ...late] };
}

/** It would have carried that, or far more than what the player went down to. */
function steppedDownForNothing(facts: VerdictFacts): Proof | null {
  const line = lineBeforeStep(facts);
  return line ? { confidence: line.isClear ? 0.8 : 0.6, requests: line.requests } : null;
}

type Line = { readonly isPressed: boolean; readonly isClear: boolean; readonly requests: readonly JoinedRequest[] };

/** The last segments before a quality collapse was decided: what they asked for and what came through. */
function lineBeforeStep({ draft, suspects, worst, evidence, window }: VerdictFacts): Line | null {
  if (draft.kind !== 'quality_collapse' || !(worst === '' || worst === 'network' || worst === 'abr')) return null;
  const segmentMs = evidence.segmentMs ?? Number.NaN;
  const rateOf = (request: JoinedRequest): number => renditionKbps(request, segmentMs);
  const before = suspects.filter((request) => isPicture(request) && request.startMs < window.endMs);
  let chosen: JoinedRequest | undefined;
  for (const request of evidence.requests) {
    if (!isPicture(request) || request.startMs < window.endMs) continue;
    if (chosen === undefined || request.startMs < chosen.startMs) chosen = request;
  }
  const shownKbps = Math.max(0, ...before.map(rateOf));
  const requests = before.filter((request) => mostThroughputKbps(request) > 0).slice(-BURST);
  if (requests.length === 0 || shownKbps === 0) return null;
  const kbps = Math.min(...requests.map(mostThroughputKbps));
  const chosenKbps = (chosen && rateOf(chosen)) || Number.POSITIVE_INFINITY;
  const neededKbps = Math.min(shownKbps * ABR_RESERVE, chosenKbps * FAR_MORE);
  const isPressed = kbps < neededKbps;
  return {
    isPressed,
    isClear: kbps * CLEARLY < neededKbps || kbps > neededKbps * CLEARLY,
    // What came fast enough proves nothing against the line.
    requests: isPressed ? requests.filter((request) => mostThroughputKbps(request) < neededKbps) : requests,
  };
}

function isPicture({ objectType }: JoinedRequest): boolean {
  return isMediaObject(objectType) && objectType !== 'audio';
}

function deliveredInTime({ draft, evidence, worst, errors }: VerdictFacts): Proof | null {
  if (worst !== '' || draft.kind === 'failover' || draft.kind === 'silent_failure') return null;
  const arrived = evidence.requests.filter(
    ({ objectType, endMs }) => isMediaObject(objectType) && endMs > draft.beginMs - IN_TIME_MS && endMs <= draft.endMs,
  );
  if (errors.has('media') && draft.kind !== 'quality_collapse') return { confidence: 0.9, requests: arrived };
  // Nothing was refused, so what broke is the player's; but it may have asked where no one logs.
  if (draft.kind === 'playback_failure' && arrived.length > 0) return { confidence: 0.6, requests: arrived };
  if (draft.kind !== 'stall' || arrived.length === 0) return null;
  const lastMs = Math.max(draft.beginMs, ...arrived.map(({ endMs }) => endMs));
  const isStuck = draft.endMs - lastMs >= STUCK_MS;
  // A seek has to wait for its media; that alone is nobody's fault.
  if (draft.stallKind === 'seek' && !isStuck) return null;
  const hasServer = arrived.some(({ edge }) => edge !== null);
  return { confidence: (arrived.length >= BURST ? 0.65 : 0.45) + (isStuck && hasServer ? 0.1 : 0), requests: arrived };
}

function isFailure({ draft }: VerdictFacts): boolean {
  return draft.kind === 'startup_failure' || draft.kind === 'playback_failure';
}
