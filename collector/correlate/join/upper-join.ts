import type { JoinMethod } from '../../model/joined-request.ts';
import type { RequestReport } from '../../model/request.ts';
import { byTime, emptyGroup, endOf, type Group, JOIN_WINDOW_MS, key2, multi } from './request-group.ts';

/** Hangs shield or origin halves under the half they served, else makes a group of each. Returns them in order. */
export function attachUpper(
  uppers: readonly RequestReport[],
  lowers: readonly RequestReport[],
  groupOf: Map<RequestReport, Group>,
  groups: Group[],
  tier: 'shield' | 'origin',
): RequestReport[] {
  if (uppers.length === 0) return [];
  const byId = new Map<string, RequestReport[]>();
  const byTrace = new Map<string, RequestReport[]>();
  const byOrder = new Map<string, RequestReport[]>();
  const byPath = new Map<string, RequestReport[]>();
  const emitters = new Set(lowers.map(({ source }) => source.emitter));
  for (const lower of lowers) {
    if (lower.method === 'OPTIONS') continue;
    if (lower.requestId !== '') multi(byId, lower.requestId).push(lower);
    const trace = key2(lower.traceId, lower.parentSpanId);
    if (trace !== '') multi(byTrace, trace).push(lower);
    if (!Number.isNaN(lower.cmcd.sn)) multi(byOrder, `${lower.cmcd.sn} ${lower.path}`).push(lower);
    multi(byPath, lower.path).push(lower);
  }
  const inOrder = [...uppers].sort(byTime);
  for (const upper of inOrder) {
    const free = (found: RequestReport[] | undefined): RequestReport | undefined =>
      found?.find((lower) => groupOf.get(lower)?.[tier] === null);
    let lower = free(byId.get(upper.parentRequestId)) ?? free(byId.get(upper.requestId));
    let method: JoinMethod = 'request_id';
    let confidence = 1;
    if (!lower) {
      lower = free(byTrace.get(key2(upper.traceId, upper.parentSpanId)));
      method = 'traceparent';
    }
    if (!lower && !Number.isNaN(upper.cmcd.sn)) {
      lower = free(byOrder.get(`${upper.cmcd.sn} ${upper.path}`));
      method = 'sid+url+order';
      confidence = 0.98;
    }
    if (!lower) {
      // A CDN's shield serves its own sites.
      const { emitter } = upper.source;
      const within = byPath
        .get(upper.path)
        ?.filter((low) => !emitters.has(emitter) || low.source.emitter === emitter)
        .filter((low) => isWithin(upper, low) && groupOf.get(low)?.[tier] === null);
      if (within?.length === 1) lower = within[0];
      method = 'sid+time';
      confidence = 0.7;
    }
    const group = lower && groupOf.get(lower);
    if (group) {
      group[tier] = upper;
      group[`${tier}Method`] = method;
      group[`${tier}Confidence`] = confidence;
      groupOf.set(upper, group);
    } else {
      const alone = emptyGroup();
      alone[tier] = upper;
      groups.push(alone);
      groupOf.set(upper, alone);
    }
  }
  return inOrder;
}

/** An upper tier answers inside the time its lower tier waited; only a miss waits at all. */
function isWithin(upper: RequestReport, lower: RequestReport): boolean {
  if (lower.cacheStatus === 'hit' || isNamedOtherwise(upper, lower)) return false;
  const slack = JOIN_WINDOW_MS + lower.precisionMs;
  return upper.startMs >= lower.startMs - slack && upper.startMs <= endOf(lower) + slack;
}

/**
 * Ids were there and did not meet, so these are two requests, and the line of either's partner was lost or thrown
 * away: the upper one names the request it served, or is a shield's, which has one id with the edges it serves.
 */
function isNamedOtherwise(upper: RequestReport, lower: RequestReport): boolean {
  if (lower.requestId === '') return false;
  return upper.parentRequestId !== '' || (upper.requestId !== '' && upper.source.tier === 'shield');
}
