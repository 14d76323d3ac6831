import type { CdnSwitch } from '../../model/incident.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { UnixMs } from '../../model/time.ts';
import { isDelivered } from '../join/request-halves.ts';
import { badSign, objectDurationMs } from '../join/request-signs.ts';
import type { Interval } from '../timeline/playback-listener.ts';
import { bufferedMediaMs } from './buffered-media.ts';
import { type ErrorFault, faultOfError } from './error-fault.ts';
import type { IncidentDraft, IncidentEvidence } from './incident-draft.ts';
import { causeWindow } from './incident-window.ts';
import { lossContexts } from './loss-context.ts';
import { type Fault, hasLost, lossesOf } from './request-loss.ts';
import { staleStretches } from './stale-manifest.ts';

/** Player and server clocks agree to about this after correction. */
const CLOCK_SLACK_MS = 250;
const DEFAULT_SEGMENT_MS = 6_000;
/** With this much media in the player, a stall is not for want of it. */
const PLAYABLE_MS = 2_000;
/** Less lost time than this explains nothing; nor does less than a fifth of the stall. */
const MIN_LOST_MS = 100;
const MIN_LOST_SHARE = 0.2;
/** A player says that it waits this long after it began to seek, at most. */
const SEEK_MS = 1_000;
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
  /** When the cause was at work. */
  readonly window: Interval;
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
  const all = evidence.requests.toSorted((a, b) => a.startMs - b.startMs);
  const window = causeWindow(draft, all, evidence.stalledUntilMs);
  const inWindow = all.filter(
    (request) => request.startMs < window.endMs + CLOCK_SLACK_MS && request.endMs > window.beginMs - CLOCK_SLACK_MS,
  );
  const changes = evidence.switches.filter(({ atMs }) => atMs > window.beginMs && atMs <= window.endMs);
  const segmentMs = segmentDuration(all, evidence.segmentMs);
  const suspects = blamable(draft, inWindow, changes);
  const losses = requestLosses(suspects, evidence, segmentMs, window);
  const { failover } = draft;
  // What drove a player away are answers that never came or were errors, whatever else was wrong at that time.
  const isDriven = failover !== undefined && failover.reason !== 'stall';
  if (!isDriven) losses.push(...staleLosses(all, evidence, segmentMs, window));
  // A failover is the answer to something; only a move for no reason is its own cause.
  if (draft.kind !== 'failover' || losses.length === 0) losses.push(...moveLosses(all, changes));
  const errors = new Set(evidence.errors.map(faultOfError));
  const facts = { draft, evidence, window, suspects, losses, errors };
  if (isFailure(draft)) {
    // Players give up on an object that never comes, not on one that came late.
    const worst = terminalCause(suspects, losses);
    return { ...facts, worst, share: worst === '' ? 0 : 1 };
  }
  if (draft.kind === 'stall' && !isStarved(draft, all)) return { ...facts, worst: '', share: 0 };
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
  const dryMs = dryMsOf(draft);
  const inFlight = suspects.filter(
    (request) =>
      isMediaObject(request.objectType) &&
      request.startMs < dryMs + CLOCK_SLACK_MS &&
      request.endMs > dryMs + CLOCK_SLACK_MS &&
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
  if (cdn !== undefined) return requests.filter((request) => request.cdn === cdn && isTold(draft, request));
  // What a seek cut off was for the place it left.
  if (draft.stallKind === 'seek') return requests.filter((request) => request.startMs >= draft.beginMs - SEEK_MS);
  const rescue = changes.find(({ atMs }) => atMs >= draft.beginMs);
  if (draft.kind !== 'stall' || !rescue) return requests;
  return requests.filter((request) => request.cdn !== rescue.to || request.startMs < draft.beginMs);
}

/** A failover after errors or timeouts is theirs, not that of what came late beside them. */
function isTold({ failover }: IncidentDraft, request: JoinedRequest): boolean {
  return failover === undefined || failover.reason === 'stall' || !isDelivered(request);
}

function requestLosses(
  suspects: readonly JoinedRequest[],
  evidence: IncidentEvidence,
  segmentMs: number,
  window: Interval,
  isAwaited = false,
): Loss[] {
  const contextOf = lossContexts(suspects, evidence, segmentMs, window, isAwaited);
  const losses: Loss[] = [];
  for (const request of suspects) {
    if (!hasLost(request, { segmentMs, isAwaited })) continue;
    for (const { fault, beginMs, endMs, certainty } of lossesOf(request, contextOf(request))) {
      losses.push({ cause: causeOf(fault, evidence), beginMs, endMs, requests: [request], certainty });
    }
  }
  return losses;
}

/** A missing segment is ahead of a live edge that stopped, or was never made. */
function causeOf(fault: Fault, { streamType }: IncidentEvidence): Cause {
  if (fault !== 'missing') return fault;
  return streamType === 'live' || streamType === 'dvr' ? 'manifest_stale' : 'origin_error';
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

/**
 * From the first request to the new CDN (playlists, init segments) to the first for media. Whose player never noticed
 * the move loads nothing again.
 */
function moveLosses(requests: readonly JoinedRequest[], changes: readonly CdnSwitch[]): Loss[] {
  return changes.flatMap(({ from, to, atMs, reason }) => {
    if (reason === 'unknown') return [];
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
  if (losses.length === 0) return { worst: '', share: 0 };
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
  const neededMs = draft.kind === 'stall' ? Math.max(MIN_LOST_MS, MIN_LOST_SHARE * stalledMs(draft)) : 0;
  return totalMs >= neededMs && totalMs > 0 ? { worst, share: mostMs / totalMs } : { worst: '', share: 0 };
}

/** A flag is raised after the fact: the buffer ran dry at some moment since the request before, most likely a late one. */
function isStarved(draft: IncidentDraft, requests: readonly JoinedRequest[]): boolean {
  const { beginMs, endMs } = draft;
  // A seek throws away what was there.
  if (draft.stallKind === 'seek') return true;
  const moments = draft.precision === 'flag' ? [endMs, ...arrivals(requests, draft)] : [beginMs];
  return moments.some((atMs) => bufferedMediaMs(requests, atMs) < PLAYABLE_MS);
}

/** The last moments without each media object that came meanwhile. */
function arrivals(requests: readonly JoinedRequest[], { beginMs, endMs }: Interval): UnixMs[] {
  return requests
    .filter((request) => isMediaObject(request.objectType) && request.endMs > beginMs && request.endMs <= endMs)
    .map((request) => request.endMs - 1);
}

/** When the buffer was empty for sure. */
function dryMsOf({ precision, beginMs, endMs }: IncidentDraft): UnixMs {
  return precision === 'flag' ? endMs : beginMs;
}

/** 0 when only a flag tells of it: its draft spans all the time in which it may have been. */
function stalledMs({ precision, beginMs, endMs }: IncidentDraft): number {
  return precision === 'flag' ? 0 : endMs - beginMs;
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
  const durations: number[] = [];
  for (const request of requests) {
    const durationMs = objectDurationMs(request);
    if (durationMs > 0) durations.push(durationMs);
  }
  if (durations.length === 0) return learntMs > 0 ? learntMs : DEFAULT_SEGMENT_MS;
  return durations.sort((a, b) => a - b)[durations.length >> 1] as number;
}
