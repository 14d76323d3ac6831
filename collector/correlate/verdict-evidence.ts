import type { CdnSwitch } from '../model/incident.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import { isMediaObject } from '../model/media.ts';
import { bufferedMediaMs } from './buffered-media.ts';
import { type ErrorFault, faultOfError } from './error-fault.ts';
import type { IncidentDraft, IncidentEvidence } from './incident-draft.ts';
import { causeWindow } from './incident-window.ts';
import type { Interval } from './playback-listener.ts';
import { bodyBytesOf, isDelivered } from './request-halves.ts';
import { type Fault, type LossContext, lossesOf, renditionKbps, throughputKbps } from './request-loss.ts';
import { badSign, objectDurationMs } from './request-signs.ts';
import { SLOW_FIRST_BYTE_MS, timingOf } from './request-timing.ts';
import { staleStretches } from './stale-manifest.ts';

/** Player and server clocks agree to about this after correction. */
const CLOCK_SLACK_MS = 250;
const DEFAULT_SEGMENT_MS = 6_000;
/** With this much media in the player, a stall is not for want of it. */
const PLAYABLE_MS = 2_000;
/** Less lost time than this explains nothing; nor does less than a fifth of the stall. */
const MIN_LOST_MS = 100;
const MIN_LOST_SHARE = 0.2;
/** An object that came faster kept nobody waiting. */
const AWAITED_MS = 600;

export type Cause = Exclude<Fault, 'missing'> | 'manifest_stale' | 'failover';

/** Time one cause took, the requests that show it, and how sure they are. */
export type Loss = Interval & {
  readonly cause: Cause;
  readonly requests: readonly JoinedRequest[];
  readonly certainty: number;
};

/** What the rules look at. */
export type VerdictFacts = {
  readonly draft: IncidentDraft;
  readonly evidence: IncidentEvidence;
  /** Requests in flight while the cause was at work, in order of begin: on the old CDN, if a failover came between. */
  readonly suspects: readonly JoinedRequest[];
  readonly losses: readonly Loss[];
  /** The cause that took most of the time; '' when too little was lost to explain the incident. */
  readonly worst: Cause | '';
  /** Its share of all lost time, 0–1. */
  readonly share: number;
  readonly errors: ReadonlySet<ErrorFault>;
};

export function gatherFacts(draft: IncidentDraft, evidence: IncidentEvidence): VerdictFacts {
  const window = causeWindow(draft, evidence);
  const all = evidence.requests.toSorted((a, b) => a.startMs - b.startMs);
  const inWindow = all.filter(
    (request) => request.startMs < window.endMs + CLOCK_SLACK_MS && request.endMs > window.beginMs - CLOCK_SLACK_MS,
  );
  const changes = evidence.switches.filter(({ atMs }) => atMs > window.beginMs && atMs <= window.endMs);
  const segmentMs = segmentDuration(all, evidence.segmentMs);
  const suspects = blamable(draft, inWindow, changes);
  const losses = requestLosses(suspects, evidence, segmentMs, window);
  losses.push(...staleLosses(all, evidence, segmentMs, window));
  // A failover is the answer to something; only a move for no reason is its own cause.
  if (draft.kind !== 'failover' || losses.length === 0) losses.push(...moveLosses(all, changes));
  const errors = new Set(evidence.errors.map(faultOfError));
  const facts = { draft, evidence, suspects, losses, errors };
  if (isFailure(draft)) {
    // Players give up on an object that never comes, not on one that came late.
    const worst = terminalCause(suspects, losses);
    return { ...facts, worst, share: worst === '' ? 0 : 1 };
  }
  const isStarved = draft.kind !== 'stall' || bufferedMediaMs(all, draft.beginMs) < PLAYABLE_MS;
  if (!isStarved) return { ...facts, worst: '', share: 0 };
  const found = heaviest(draft, losses, window);
  return found.worst === '' && draft.stallKind === 'connection'
    ? { ...facts, ...awaited(facts, segmentMs) }
    : { ...facts, ...found };
}

/** Nothing was late for itself, and yet the player stood still until it came: all the time of what it waited for. */
function awaited(
  { draft, evidence, suspects }: Pick<VerdictFacts, 'draft' | 'evidence' | 'suspects'>,
  segmentMs: number,
): Pick<VerdictFacts, 'losses' | 'worst' | 'share'> {
  const inFlight = suspects.filter(
    (request) =>
      isMediaObject(request.objectType) &&
      request.startMs < draft.beginMs + CLOCK_SLACK_MS &&
      request.endMs > draft.beginMs + CLOCK_SLACK_MS &&
      request.endMs - request.startMs > AWAITED_MS,
  );
  const losses = requestLosses(inFlight, evidence, segmentMs, draft, true);
  return { losses, ...heaviest(draft, losses, draft) };
}

function isFailure({ kind }: IncidentDraft): boolean {
  return kind === 'startup_failure' || kind === 'playback_failure';
}

/**
 * A failover or silent failure names its CDN. A stall belongs to what was in flight while the buffer drained: what a
 * failover brought from another CDN once playback stood still was the rescue (semantics.md section 5).
 */
function blamable(draft: IncidentDraft, requests: JoinedRequest[], changes: readonly CdnSwitch[]): JoinedRequest[] {
  const cdn = draft.failover?.from ?? draft.silent?.cdn;
  if (cdn !== undefined) return requests.filter((request) => request.cdn === cdn);
  const rescue = changes.find(({ atMs }) => atMs >= draft.beginMs);
  if (draft.kind !== 'stall' || !rescue) return requests;
  return requests.filter((request) => request.cdn !== rescue.to || request.startMs < draft.beginMs);
}

function requestLosses(
  suspects: readonly JoinedRequest[],
  evidence: IncidentEvidence,
  segmentMs: number,
  window: Interval,
  isAwaited = false,
): Loss[] {
  const shared = {
    ladder: evidence.ladder,
    segmentMs,
    isAwaited,
    hasEdge: evidence.requests.some(({ edge }) => edge !== null),
    isEdgeSlow: evidence.requests.some(isSlowHit),
    isMissBurst: isMissBurst(suspects, evidence.requests, window),
    hitKbps: middle(hits(evidence.requests).map(throughputKbps)),
    hitTtfbMs: middle(hits(evidence.requests).map(({ edge }) => edge?.report.ttfbMs ?? Number.NaN)),
    blindCdns: new Set(evidence.requests.filter(isBlindMiss).map(({ cdn }) => cdn)),
  };
  return suspects.flatMap((request) => {
    const retriedMs = nextOfLane(evidence.requests, request) ?? window.endMs;
    const context: LossContext = { ...shared, alongside: alongside(request, evidence.requests, segmentMs), retriedMs };
    return lossesOf(request, context).map(({ fault, beginMs, endMs, certainty }) => ({
      cause: causeOf(fault, evidence),
      beginMs,
      endMs,
      requests: [request],
      certainty,
    }));
  });
}

/** What other objects carried over the line while this one was on it, and the highest rendition among them. */
function alongside(request: JoinedRequest, all: readonly JoinedRequest[], segmentMs: number): LossContext['alongside'] {
  let bits = 0;
  let askedKbps = 0;
  const lengthMs = Math.max(1, request.endMs - request.startMs);
  for (const other of all) {
    const overlapMs = Math.min(request.endMs, other.endMs) - Math.max(request.startMs, other.startMs);
    const bytes = bodyBytesOf(other);
    if (other === request || !(overlapMs > 0) || !(bytes > 0)) continue;
    bits += (bytes * 8 * overlapMs) / Math.max(1, other.endMs - other.startMs);
    if (other.objectType !== 'audio') askedKbps = Math.max(askedKbps, renditionKbps(other, segmentMs));
  }
  return { kbps: bits / lengthMs, askedKbps };
}

function isSlowHit(request: JoinedRequest): boolean {
  const { isHit, edgeWaitMs } = timingOf(request);
  return isHit && edgeWaitMs > SLOW_FIRST_BYTE_MS;
}

function isBlindMiss({ edge, shield, origin }: JoinedRequest): boolean {
  const isMiss = edge?.report.cacheStatus === 'miss' && edge.report.status < 400;
  return isMiss && !origin && !shield && !(edge.report.upstreamTtfbMs >= 0) && !(edge.report.upstreamStatus > 0);
}

function hits(requests: readonly JoinedRequest[]): JoinedRequest[] {
  return requests.filter((request) => timingOf(request).isHit);
}

/** NaN when there is nothing in it. */
function middle(values: readonly number[]): number {
  const known = values.filter((value) => value > 0).sort((a, b) => a - b);
  return known[known.length >> 1] ?? Number.NaN;
}

/** Most media was in cache before, and hardly any is now. */
function isMissBurst(now: readonly JoinedRequest[], all: readonly JoinedRequest[], { beginMs }: Interval): boolean {
  const misses = missShare(now);
  const before = missShare(all.filter((request) => request.endMs <= beginMs));
  return misses.count >= 2 && misses.share >= 0.6 && before.count >= 2 && before.share <= 0.5;
}

function missShare(requests: readonly JoinedRequest[]): { count: number; share: number } {
  const media = requests.filter(({ objectType, edge }) => isMediaObject(objectType) && edge?.report.cacheStatus);
  const misses = media.filter(({ edge }) => edge?.report.cacheStatus === 'miss');
  return { count: media.length, share: misses.length / media.length };
}

/** A missing segment is ahead of a live edge that stopped, or was never made. */
function causeOf(fault: Fault, { streamType }: IncidentEvidence): Cause {
  if (fault !== 'missing') return fault;
  return streamType === 'live' || streamType === 'dvr' ? 'manifest_stale' : 'origin_error';
}

/** When the player asked again: for the next object of the same kind, or for anything on another CDN. */
function nextOfLane(requests: readonly JoinedRequest[], failed: JoinedRequest): number | undefined {
  let nextMs: number | undefined;
  for (const request of requests) {
    if (request.startMs <= failed.startMs || request === failed) continue;
    if (request.objectType !== failed.objectType && request.cdn === failed.cdn) continue;
    if (nextMs === undefined || request.startMs < nextMs) nextMs = request.startMs;
  }
  return nextMs;
}

function staleLosses(
  requests: readonly JoinedRequest[],
  { streamType }: IncidentEvidence,
  segmentMs: number,
  window: Interval,
): Loss[] {
  return staleStretches(requests, streamType, segmentMs, window.endMs)
    .filter(({ endMs }) => endMs > window.beginMs)
    .map(({ beginMs, endMs, polls }) => ({ cause: 'manifest_stale', beginMs, endMs, requests: polls, certainty: 0.8 }));
}

/** From the first request to the new CDN (playlists, init segments) to the first for media. */
function moveLosses(requests: readonly JoinedRequest[], changes: readonly CdnSwitch[]): Loss[] {
  return changes.flatMap(({ from, to, atMs }) => {
    const lastOld = requests.findLast((request) => request.cdn === from && request.startMs < atMs);
    const moved = requests.filter(
      (request) => request.cdn === to && request.startMs >= (lastOld?.startMs ?? atMs) && request.startMs < atMs,
    );
    const beginMs = moved[0]?.startMs;
    return beginMs === undefined ? [] : [{ cause: 'failover', beginMs, endMs: atMs, requests: moved, certainty: 0.7 }];
  });
}

function heaviest(
  draft: IncidentDraft,
  losses: readonly Loss[],
  window: Interval,
): { worst: Cause | ''; share: number } {
  const lostMs = new Map<Cause, number>();
  for (const cause of new Set(losses.map((loss) => loss.cause))) {
    lostMs.set(
      cause,
      unionMs(
        losses.filter((loss) => loss.cause === cause),
        window,
      ),
    );
  }
  let worst: Cause | '' = '';
  let mostMs = 0;
  let totalMs = 0;
  for (const [cause, ms] of lostMs) {
    totalMs += ms;
    if (ms > mostMs) {
      mostMs = ms;
      worst = cause;
    }
  }
  const neededMs = draft.kind === 'stall' ? Math.max(MIN_LOST_MS, MIN_LOST_SHARE * (draft.endMs - draft.beginMs)) : 0;
  return totalMs >= neededMs && totalMs > 0 ? { worst, share: mostMs / totalMs } : { worst: '', share: 0 };
}

/** Time covered by any of the intervals, inside the window. */
function unionMs(intervals: readonly Interval[], window: Interval): number {
  let coveredMs = 0;
  let untilMs = window.beginMs;
  for (const { beginMs, endMs } of intervals.toSorted((a, b) => a.beginMs - b.beginMs)) {
    const fromMs = Math.max(beginMs, untilMs);
    const toMs = Math.min(endMs, window.endMs + CLOCK_SLACK_MS);
    if (toMs <= fromMs) continue;
    coveredMs += toMs - fromMs;
    untilMs = toMs;
  }
  return coveredMs;
}

/** What a player gave up on: the last object that never came. */
function terminalCause(suspects: readonly JoinedRequest[], losses: readonly Loss[]): Cause | '' {
  const last = suspects.findLast((request) => !isDelivered(request) && badSign(request) !== '');
  if (!last) return '';
  const isRecovered = suspects.some(
    (request) => request.objectType === last.objectType && request.startMs > last.startMs && isDelivered(request),
  );
  if (isRecovered) return '';
  const own = losses.filter((loss) => loss.requests.includes(last));
  const longest = own.toSorted((a, b) => b.endMs - b.beginMs - (a.endMs - a.beginMs))[0];
  return longest?.cause ?? '';
}

/** Stated by these requests, else by other viewers' of the content. */
function segmentDuration(requests: readonly JoinedRequest[], learntMs = Number.NaN): number {
  const durations = requests.map(objectDurationMs).filter((ms) => ms > 0);
  if (durations.length === 0) return learntMs > 0 ? learntMs : DEFAULT_SEGMENT_MS;
  return durations.sort((a, b) => a - b)[durations.length >> 1] as number;
}
