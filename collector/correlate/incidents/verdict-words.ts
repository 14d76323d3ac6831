import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import { mostThroughputKbps, renditionKbps, throughputKbps } from '../content/object-rates.ts';
import { isDelivered } from '../join/request-halves.ts';
import { timingOf } from '../join/request-timing.ts';
import { lineKbps } from './loss-context.ts';
import type { VerdictFacts } from './verdict-evidence.ts';

/** Causes in words a person on call understands, without subject of the incident and without full stop. */

export function answered(requests: readonly JoinedRequest[], { evidence }: VerdictFacts): string {
  return `${cdnOf(requests)} ${answers(requests)} ${objects(requests)}${originNote(evidence.requests)}`;
}

export function originAnswered(requests: readonly JoinedRequest[]): string {
  return `the origin ${answers(requests)} ${objects(requests)} through ${cdnOf(requests)}`;
}

export function waitedForOrigin(requests: readonly JoinedRequest[]): string {
  const waitMs = most(requests.map((request) => timingOf(request).originWaitMs));
  if (waitMs >= 1_000) {
    return `the origin took up to ${seconds(waitMs)} to the first byte of ${objects(requests)} that ${cdnOf(requests)} did not have`;
  }
  return `the origin sent ${objects(requests)} to ${cdnOf(requests)} slower than they play`;
}

export function missed(requests: readonly JoinedRequest[], { suspects }: VerdictFacts): string {
  const media = suspects.filter((request) => isMediaObject(request.objectType));
  const misses = media.filter((request) => timingOf(request).isMiss);
  return `${misses.length} of ${objects(media)} missed the cache of ${cdnOf(requests)}${originNote(suspects)}`;
}

export function waitedForEdge(requests: readonly JoinedRequest[]): string {
  const waitMs = most(requests.map((request) => timingOf(request).edgeWaitMs));
  const isCached = requests.every((request) => timingOf(request).isHit);
  return `${cdnOf(requests)} took up to ${seconds(waitMs)} to the first byte of ${objects(requests)}${isCached ? ' it had in cache' : ''}`;
}

export function travelled(requests: readonly JoinedRequest[], { evidence }: VerdictFacts): string {
  const kbps = least(requests.map(throughputKbps));
  const { lowestKbps } = evidence.ladder;
  const speed = `${objects(requests)} ${kbps > 0 ? `at ${rate(kbps)}` : atMost(requests)}`;
  const bound = kbps < lowestKbps ? `, below the lowest rendition (${rate(lowestKbps)})` : '';
  return `${cdnOf(requests)} answered fast, but the network carried ${speed}${bound}`;
}

/** Nobody knows how much of it arrived. */
function atMost(requests: readonly JoinedRequest[]): string {
  const kbps = least(requests.map(mostThroughputKbps));
  return kbps > 0 ? `at ${rate(kbps)} or less` : 'slower than they play';
}

export function askedTooMuch(requests: readonly JoinedRequest[], { evidence, window }: VerdictFacts): string {
  const segmentMs = evidence.segmentMs ?? Number.NaN;
  const askedKbps = most(requests.map((request) => renditionKbps(request, segmentMs)));
  const ownKbps = least(requests.map(throughputKbps));
  const allKbps = least(requests.map((request) => lineKbps(request, evidence.requests, segmentMs, window.endMs)));
  // What it carried beside would have carried the lowest rendition, though this object alone came slower.
  const isShared = ownKbps < evidence.ladder.lowestKbps && allKbps > ownKbps;
  const kbps = isShared ? allKbps : ownKbps;
  const lowest = rate(evidence.ladder.lowestKbps);
  if (askedKbps > 0 && kbps >= askedKbps)
    return `the player waited for ${rate(askedKbps)}, which came at ${rate(kbps)}; ${lowest} would have come sooner`;
  const asked = askedKbps > 0 ? `for ${rate(askedKbps)}` : 'for more';
  const came = kbps > 0 ? `where ${rate(kbps)} came through${isShared ? ' in all' : ''}` : 'than came through in time';
  return `the player asked ${asked} ${came}; ${lowest} was there to choose`;
}

export function askedTooLittle(requests: readonly JoinedRequest[]): string {
  const kbps = least(requests.map(throughputKbps));
  return `the player stepped down although ${rate(kbps)} came through and everything was in time`;
}

export function stoodStill(requests: readonly JoinedRequest[]): string {
  const polls = requests.filter(({ objectType }) => objectType === 'manifest').length;
  const missing = requests.filter(({ status }) => status === 404 || status === 410);
  if (polls === 0) return `${objects(missing)} at the live edge did not exist yet (${missing[0]?.status ?? 404})`;
  return `the live playlist did not advance over ${polls} polls`;
}

export function moved(requests: readonly JoinedRequest[], { draft, evidence }: VerdictFacts): string {
  const change = evidence.switches.findLast(({ atMs }) => atMs <= draft.endMs);
  const from = draft.failover?.from ?? change?.from ?? 'one CDN';
  const to = draft.failover?.to ?? change?.to ?? 'another';
  const used = requests.length > 0 ? ` and ${objects(requests)} before media came` : '';
  return `time went into moving from ${from} to ${to}${used}`;
}

export function inTime(requests: readonly JoinedRequest[], { evidence, errors }: VerdictFacts): string {
  const code = evidence.errors.find((event) => event.errorCode)?.errorCode;
  const reported = errors.has('media') && code ? `the player reported ${code}` : 'the player stood still';
  return requests.length > 0 ? `${objects(requests)} came in time; ${reported}` : reported;
}

export function refusedKey(requests: readonly JoinedRequest[], { evidence }: VerdictFacts): string {
  if (requests.length > 0) return `${cdnOf(requests)} ${answers(requests)} ${objects(requests)} for a key`;
  const code = evidence.errors.find((event) => event.errorCode)?.errorCode;
  return `a key or licence failed${code ? ` (${code})` : ''}`;
}

function answers(requests: readonly JoinedRequest[]): string {
  const statuses = [...new Set(requests.map(({ status }) => status).filter((status) => status >= 400))];
  return statuses.length > 0 ? `answered ${statuses.join(' and ')} to` : 'did not answer';
}

function originNote(requests: readonly JoinedRequest[]): string {
  const statuses = requests.flatMap(({ origin }) => (origin ? [origin.report.status] : []));
  if (statuses.length === 0) return '';
  return statuses.every((status) => status < 500) ? '; origin healthy' : '';
}

function cdnOf(requests: readonly JoinedRequest[]): string {
  const names = [...new Set(requests.map(({ cdn }) => cdn).filter((cdn) => cdn !== ''))];
  return names.length > 0 ? names.join(' and ') : 'the CDN';
}

function objects(requests: readonly JoinedRequest[]): string {
  const noun = requests.every(({ objectType }) => isMediaObject(objectType)) ? 'segment' : 'request';
  return `${requests.length} ${noun}${requests.length === 1 ? '' : 's'}`;
}

export function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

function rate(kbps: number): string {
  return `${Math.round(kbps)} kbit/s`;
}

function most(values: readonly number[]): number {
  return Math.max(0, ...values.filter((value) => value > 0));
}

function least(values: readonly number[]): number {
  const known = values.filter((value) => value > 0);
  return known.length > 0 ? Math.min(...known) : Number.NaN;
}

/** A wait that nobody is to blame for: a jump has to fetch what it jumped to. */
export function unexplained({ draft, worst, suspects }: VerdictFacts): string {
  const isRefill = draft.stallKind === 'seek' && worst === '' && suspects.some(isDelivered);
  return isRefill
    ? 'the viewer jumped, and the player filled its buffer there; nothing held it up'
    : 'nothing on record explains it';
}
