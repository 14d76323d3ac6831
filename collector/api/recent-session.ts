import type { IncidentJson, SessionJson } from '../exporters/session-json.ts';
import { ATTR } from '../model/semconv.ts';
import type { ViewerDimensions } from '../model/session.ts';
import type { Span } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';

/** What is known of one session now. A session can have spans before it has a summary, and the other way round. */
export type RecentSession = {
  readonly traceId: string;
  /** '' until a summary or a span names it. */
  readonly sessionId: string;
  readonly tenant: string;
  readonly isInferred: boolean;
  /** Who watched, for those who ask to be forgotten; shown nowhere. */
  readonly viewerId: string;
  readonly deviceKey: string;
  readonly dimensions: ViewerDimensions | null;
  readonly summary: SessionJson | null;
  readonly incidents: readonly IncidentJson[];
  readonly spans: ReadonlyMap<string, Span>;
  /** NaN when nothing has a time yet. */
  readonly beginMs: UnixMs;
  readonly endMs: UnixMs;
  readonly isLive: boolean;
  /** The session was evicted and came back: spans from before are gone. */
  readonly isPartial: boolean;
};

/** The same while it is gathered. */
export type Entry = {
  readonly traceId: string;
  sessionId: string;
  readonly tenant: string;
  isInferred: boolean;
  viewerId: string;
  deviceKey: string;
  dimensions: ViewerDimensions | null;
  startedMs: UnixMs;
  summary: SessionJson | null;
  incidents: readonly IncidentJson[];
  readonly spans: Map<string, Span>;
  hasRoot: boolean;
  firstSpanMs: UnixMs;
  lastSpanMs: UnixMs;
  sizeBytes: number;
  isPartial: boolean;
};

/** What a session without spans is taken to weigh. */
export const ENTRY_BYTES = 2000;
/** Cuts after which a session goes on. */
const OPEN_CUTS: ReadonlySet<string> = new Set(['live', 'grid', 'event_limit']);

export function newEntry(tenant: string, traceId: string, isPartial: boolean): Entry {
  return {
    traceId,
    sessionId: '',
    tenant,
    isInferred: false,
    viewerId: '',
    deviceKey: '',
    dimensions: null,
    startedMs: Number.NaN,
    summary: null,
    incidents: [],
    spans: new Map(),
    hasRoot: false,
    firstSpanMs: Number.NaN,
    lastSpanMs: Number.NaN,
    sizeBytes: ENTRY_BYTES,
    isPartial,
  };
}

export function view(entry: Entry): RecentSession {
  const { startedMs, firstSpanMs, lastSpanMs, hasRoot, sizeBytes: _, ...shown } = entry;
  const { summary } = shown;
  return {
    ...shown,
    beginMs: summary?.beginMs ?? least(startedMs, firstSpanMs),
    endMs: summary?.endMs ?? -least(-startedMs, -lastSpanMs),
    // Without a summary, the session span is the sign of the end: it is exported last.
    isLive: summary === null ? !hasRoot : OPEN_CUTS.has(summary.cut),
  };
}

/** The smaller of two times, or the one that is known. */
export function least(a: UnixMs, b: UnixMs): UnixMs {
  return Number.isNaN(a) || b < a ? b : a;
}

export function sessionIdOf(span: Span): string {
  for (const [name, value] of span.attributes) {
    if (name === ATTR.sessionId && typeof value === 'string') return value;
  }
  return '';
}
