import type { Client } from '../model/client.ts';
import type { Incident } from '../model/incident.ts';
import type { QoeNumbers, SessionSummary, ViewerDimensions } from '../model/session.ts';

/** Absent numbers are null: JSON has no NaN. Milliseconds are rounded to microseconds. */
type NumberOrNull = number | null;

export type IncidentJson = {
  readonly kind: Incident['kind'];
  readonly beginMs: number;
  readonly endMs: number;
  readonly verdict: Incident['verdict'];
  readonly confidence: number;
  readonly where?: { readonly cdn: string; readonly pop: string; readonly bitrateKbps: NumberOrNull };
  /** Span ids of the requests that prove the verdict. */
  readonly evidence: readonly string[];
  readonly sentence: string;
  readonly stallKind?: string;
  readonly stalledMs?: NumberOrNull;
  readonly precision?: string;
  readonly errorClass?: string;
  readonly failover?: {
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly result: string;
    readonly bitrateBeforeKbps: NumberOrNull;
    readonly bitrateAfterKbps: NumberOrNull;
  };
  readonly silent?: { readonly cdn: string; readonly kind: string };
};

/** One session in `sessions.jsonl` and in the query API (docs/api.md). */
export type SessionJson = {
  readonly sessionId: string;
  readonly traceId: string;
  readonly tenant: string;
  readonly isInferred: boolean;
  /** Trace id of the session this one continues, null when there is none. */
  readonly previousTraceId: string | null;
  readonly contentId: string;
  readonly title: string;
  readonly dimensions: Omit<ViewerDimensions, 'tenant'>;
  readonly client: Pick<Client, 'software' | 'deviceClass' | 'os' | 'country' | 'network' | 'asn' | 'isBot'> | null;
  readonly beginMs: NumberOrNull;
  readonly endMs: NumberOrNull;
  readonly outcome: SessionSummary['outcome'];
  readonly visibility: SessionSummary['visibility'];
  readonly cut: SessionSummary['cut'];
  readonly qoe: { readonly [K in keyof QoeNumbers]: NumberOrNull };
  readonly cdns: readonly string[];
  readonly pops: readonly string[];
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
  readonly clockOffsetSeconds: NumberOrNull;
  /** Joined halves by method, methods in alphabetical order. */
  readonly joins: Readonly<Record<string, number>>;
  /** Oldest first. */
  readonly incidents: readonly IncidentJson[];
};

/** What is known of a session, as JSON. The device key stays inside: it identifies a viewer and explains nothing. */
export function sessionToJson(summary: SessionSummary, incidents: readonly Incident[]): SessionJson {
  const { property, streamType, player, device, country } = summary.dimensions;
  return {
    sessionId: summary.sessionId,
    traceId: summary.traceId,
    tenant: summary.tenant,
    isInferred: summary.isInferred,
    previousTraceId: summary.previousTraceId || null,
    contentId: summary.contentId,
    title: summary.title,
    dimensions: { property, streamType, player, device, country },
    client: summary.client === null ? null : clientToJson(summary.client),
    beginMs: rounded(summary.beginMs),
    endMs: rounded(summary.endMs),
    outcome: summary.outcome,
    visibility: summary.visibility,
    cut: summary.cut,
    qoe: qoeToJson(summary.qoe),
    cdns: summary.cdns,
    pops: summary.pops,
    requests: summary.requests,
    errors: summary.errors,
    bytes: summary.bytes,
    clockOffsetSeconds: rounded(summary.clockOffsetSeconds),
    joins: Object.fromEntries(Object.entries(summary.joins).sort(([a], [b]) => (a < b ? -1 : 1))),
    incidents: [...incidents].sort((a, b) => a.beginMs - b.beginMs).map(incidentToJson),
  };
}

export function incidentToJson(incident: Incident): IncidentJson {
  return {
    kind: incident.kind,
    beginMs: incident.beginMs,
    endMs: incident.endMs,
    verdict: incident.verdict,
    confidence: incident.confidence,
    ...(incident.where === undefined
      ? {}
      : { where: { ...incident.where, bitrateKbps: rounded(incident.where.bitrateKbps) } }),
    evidence: incident.evidence,
    sentence: incident.sentence,
    ...(incident.stallKind === undefined ? {} : { stallKind: incident.stallKind }),
    ...(incident.stalledMs === undefined ? {} : { stalledMs: rounded(incident.stalledMs) }),
    ...(incident.precision === undefined ? {} : { precision: incident.precision }),
    ...(incident.errorClass === undefined ? {} : { errorClass: incident.errorClass }),
    ...(incident.failover === undefined
      ? {}
      : {
          failover: {
            ...incident.failover,
            bitrateBeforeKbps: rounded(incident.failover.bitrateBeforeKbps),
            bitrateAfterKbps: rounded(incident.failover.bitrateAfterKbps),
          },
        }),
    ...(incident.silent === undefined ? {} : { silent: incident.silent }),
  };
}

function clientToJson({ software, deviceClass, os, country, network, asn, isBot }: Client): SessionJson['client'] {
  return { software, deviceClass, os, country, network, asn, isBot };
}

function qoeToJson(qoe: QoeNumbers): SessionJson['qoe'] {
  return {
    startupMs: rounded(qoe.startupMs),
    playingMs: rounded(qoe.playingMs),
    stalledMs: rounded(qoe.stalledMs),
    seekStalledMs: rounded(qoe.seekStalledMs),
    seekingMs: rounded(qoe.seekingMs),
    pausedMs: rounded(qoe.pausedMs),
    stalls: qoe.stalls,
    seekStalls: qoe.seekStalls,
    flaggedStalls: qoe.flaggedStalls,
    seeks: qoe.seeks,
    switchesUp: qoe.switchesUp,
    switchesDown: qoe.switchesDown,
    renderedKbit: rounded(qoe.renderedKbit),
    renderedMediaSeconds: rounded(qoe.renderedMediaSeconds),
    droppedFrames: qoe.droppedFrames,
    decodedFrames: qoe.decodedFrames,
    fatalErrors: qoe.fatalErrors,
    warnings: qoe.warnings,
  };
}

/** Three decimals, without the dust of binary fractions. */
function rounded(value: number): NumberOrNull {
  return Number.isFinite(value) ? Math.round(value * 1000) / 1000 : null;
}
