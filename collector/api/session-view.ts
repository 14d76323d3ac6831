import type { SessionJson } from '../exporters/session-json.ts';
import type { RecentSession } from './recent-session.ts';

/** A session in the query API (docs/api.md): the line of `sessions.jsonl`, with nulls while a session has no summary. */
export type SessionView = { readonly [K in keyof SessionJson]: SessionJson[K] | null } & {
  /** Still open: numbers and spans will change. */
  readonly isLive: boolean;
  /** The session left this collector's memory and came back; earlier spans are missing here. */
  readonly isPartial: boolean;
  readonly spanCount: number;
  readonly links: { readonly self: string; readonly trace: string; readonly jaeger: string };
};

export function sessionView(session: RecentSession): SessionView {
  const { traceId, isLive, isPartial } = session;
  return {
    ...(session.summary ?? unsummarised(session)),
    incidents: session.incidents,
    isLive,
    isPartial,
    spanCount: session.spans.size,
    links: {
      self: `/api/sessions/${encodeURIComponent(traceId)}`,
      trace: `/api/traces/${encodeURIComponent(traceId)}`,
      jaeger: `/jaeger/api/traces/${encodeURIComponent(traceId)}`,
    },
  };
}

function unsummarised(session: RecentSession): { readonly [K in keyof SessionJson]: SessionJson[K] | null } {
  const { dimensions } = session;
  return {
    sessionId: session.sessionId,
    traceId: session.traceId,
    tenant: session.tenant,
    isInferred: session.isInferred,
    previousTraceId: null,
    contentId: null,
    title: null,
    dimensions:
      dimensions === null
        ? null
        : {
            property: dimensions.property,
            streamType: dimensions.streamType,
            player: dimensions.player,
            device: dimensions.device,
            country: dimensions.country,
          },
    client: null,
    beginMs: Number.isNaN(session.beginMs) ? null : session.beginMs,
    endMs: Number.isNaN(session.endMs) ? null : session.endMs,
    outcome: 'in_progress',
    visibility: null,
    cut: null,
    qoe: null,
    cdns: null,
    pops: null,
    requests: null,
    errors: null,
    bytes: null,
    clockOffsetSeconds: null,
    joins: null,
    incidents: session.incidents,
  };
}
