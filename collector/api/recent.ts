import { type IncidentJson, incidentToJson, type SessionJson, sessionToJson } from '../exporters/session-json.ts';
import type { Incident } from '../model/incident.ts';
import { ATTR } from '../model/semconv.ts';
import type { SessionRef, SessionSummary, ViewerDimensions } from '../model/session.ts';
import type { Span } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';
import { spanSizeBytes } from './span-size.ts';

export type RecentLimits = {
  readonly maxSessions: number;
  /** Spans, incidents and summaries together, estimated. */
  readonly maxBytes: number;
  readonly maxSpansPerSession: number;
};

/** Since start, except what is held. */
export type RecentCounters = {
  readonly sessions: number;
  readonly spans: number;
  readonly sizeBytes: number;
  readonly evictedSessions: number;
  /** Spans and incidents over the limits of one session, and late spans of evicted sessions. */
  readonly refused: number;
};

/** What is known of one session now. A session can have spans before it has a summary, and the other way round. */
export type RecentSession = {
  readonly traceId: string;
  /** '' until a summary or a span names it. */
  readonly sessionId: string;
  readonly tenant: string;
  readonly isInferred: boolean;
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

type Entry = {
  traceId: string;
  sessionId: string;
  tenant: string;
  isInferred: boolean;
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

const ENTRY_BYTES = 2000;
const INCIDENT_BYTES = 600;
const MAX_INCIDENTS = 1000;
/** Evicted sessions remembered per session held, so that a late span does not bring back a stump of a trace. */
const REMEMBERED = 4;
/** Cuts after which a session goes on. */
const OPEN_CUTS: ReadonlySet<string> = new Set(['live', 'grid', 'event_limit']);

/**
 * The sessions of the last while, in memory, for the query API. When a limit is reached the sessions longest without
 * news go. It has no clock: what is oldest is what changed longest ago.
 */
export class RecentSessions {
  readonly #limits: RecentLimits;
  /** Least recently changed first. */
  readonly #entries = new Map<string, Entry>();
  readonly #traceIds = new Map<string, Set<string>>();
  readonly #evicted = new Set<string>();
  #latest: Entry | null = null;
  #spans = 0;
  #sizeBytes = 0;
  #evictedSessions = 0;
  #refused = 0;

  constructor(limits: RecentLimits) {
    this.#limits = limits;
  }

  get counters(): RecentCounters {
    return {
      sessions: this.#entries.size,
      spans: this.#spans,
      sizeBytes: this.#sizeBytes,
      evictedSessions: this.#evictedSessions,
      refused: this.#refused,
    };
  }

  sessionStarted(session: SessionRef, dimensions: ViewerDimensions, atMs: UnixMs): void {
    const entry = this.#change(session.traceId);
    this.#identify(entry, session);
    entry.dimensions = dimensions;
    entry.startedMs = atMs;
    this.#fit();
  }

  /** An incident of a session still open; `session` brings it again. */
  incident(session: SessionRef, incident: Incident): void {
    const entry = this.#change(session.traceId);
    this.#identify(entry, session);
    this.#setIncidents(entry, [...entry.incidents, incidentToJson(incident)]);
    this.#fit();
  }

  /** Everything known of the session so far, with all its incidents; replaces what was known before. */
  session(summary: SessionSummary, incidents: readonly Incident[]): void {
    const entry = this.#change(summary.traceId);
    this.#identify(entry, summary);
    entry.dimensions = summary.dimensions;
    // Kept as JSON, because the correlator goes on counting in the summary's own numbers.
    entry.summary = sessionToJson(summary, incidents);
    this.#setIncidents(entry, entry.summary.incidents);
    this.#fit();
  }

  /** A span with a known id replaces the earlier one: replay and late halves give the same ids. */
  addSpan(span: Span): void {
    if (this.#evicted.has(span.traceId)) {
      this.#refused += 1;
      return;
    }
    const entry = this.#change(span.traceId);
    const before = entry.spans.get(span.spanId);
    if (before === undefined && entry.spans.size >= this.#limits.maxSpansPerSession) {
      this.#refused += 1;
      return;
    }
    entry.spans.set(span.spanId, span);
    this.#spans += before === undefined ? 1 : 0;
    this.#resize(entry, spanSizeBytes(span) - (before === undefined ? 0 : spanSizeBytes(before)));
    if (span.parentSpanId === '') entry.hasRoot = true;
    entry.firstSpanMs = least(entry.firstSpanMs, span.startMs);
    entry.lastSpanMs = -least(-entry.lastSpanMs, -span.endMs);
    entry.tenant ||= span.tenant;
    if (entry.sessionId === '') this.#name(entry, sessionIdOf(span));
    this.#fit();
  }

  /** All sessions held, in no useful order. */
  *sessions(): Generator<RecentSession> {
    for (const entry of this.#entries.values()) yield view(entry);
  }

  /** By trace id, or by session id; a player that reused its id has several, and the newest is meant. */
  find(id: string): RecentSession | null {
    const entry = this.#entries.get(id.toLowerCase().replaceAll('-', '')) ?? this.#entries.get(id);
    if (entry !== undefined) return view(entry);
    let newest: RecentSession | null = null;
    for (const traceId of this.#traceIds.get(id) ?? []) {
      const candidate = this.#entries.get(traceId);
      if (candidate === undefined) continue;
      const session = view(candidate);
      if (newest === null || session.beginMs > newest.beginMs) newest = session;
    }
    return newest;
  }

  #change(traceId: string): Entry {
    if (this.#latest?.traceId === traceId) return this.#latest;
    let entry = this.#entries.get(traceId);
    if (entry === undefined) {
      entry = newEntry(traceId, this.#evicted.delete(traceId));
      this.#sizeBytes += ENTRY_BYTES;
    } else {
      this.#entries.delete(traceId);
    }
    this.#entries.set(traceId, entry);
    this.#latest = entry;
    return entry;
  }

  #identify(entry: Entry, session: SessionRef): void {
    entry.tenant = session.tenant;
    entry.isInferred = session.isInferred;
    this.#name(entry, session.sessionId);
  }

  #name(entry: Entry, sessionId: string): void {
    if (sessionId === entry.sessionId) return;
    this.#forgetName(entry);
    entry.sessionId = sessionId;
    const traceIds = this.#traceIds.get(sessionId);
    if (traceIds === undefined) this.#traceIds.set(sessionId, new Set([entry.traceId]));
    else traceIds.add(entry.traceId);
  }

  #forgetName(entry: Entry): void {
    const traceIds = this.#traceIds.get(entry.sessionId);
    traceIds?.delete(entry.traceId);
    if (traceIds?.size === 0) this.#traceIds.delete(entry.sessionId);
  }

  #setIncidents(entry: Entry, incidents: readonly IncidentJson[]): void {
    const kept = incidents.slice(0, MAX_INCIDENTS);
    this.#refused += incidents.length - kept.length;
    this.#resize(entry, (kept.length - entry.incidents.length) * INCIDENT_BYTES);
    entry.incidents = kept;
  }

  #resize(entry: Entry, bytes: number): void {
    entry.sizeBytes += bytes;
    this.#sizeBytes += bytes;
  }

  /** Evicts until the limits hold. The session just changed stays, however large: its own limit is in spans. */
  #fit(): void {
    const { maxSessions, maxBytes } = this.#limits;
    for (const entry of this.#entries.values()) {
      if (this.#entries.size <= maxSessions && this.#sizeBytes <= maxBytes) return;
      if (entry === this.#latest) return;
      this.#entries.delete(entry.traceId);
      this.#forgetName(entry);
      this.#spans -= entry.spans.size;
      this.#sizeBytes -= entry.sizeBytes;
      this.#evictedSessions += 1;
      this.#evicted.add(entry.traceId);
      for (const oldest of this.#evicted) {
        if (this.#evicted.size <= maxSessions * REMEMBERED) break;
        this.#evicted.delete(oldest);
      }
    }
  }
}

function newEntry(traceId: string, isPartial: boolean): Entry {
  return {
    traceId,
    sessionId: '',
    tenant: '',
    isInferred: false,
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

function view(entry: Entry): RecentSession {
  const { traceId, sessionId, tenant, isInferred, dimensions, summary, incidents, spans, isPartial } = entry;
  return {
    traceId,
    sessionId,
    tenant,
    isInferred,
    dimensions,
    summary,
    incidents,
    spans,
    beginMs: summary?.beginMs ?? least(entry.startedMs, entry.firstSpanMs),
    endMs: summary?.endMs ?? -least(-entry.startedMs, -entry.lastSpanMs),
    // Without a summary, the session span is the sign of the end: it is exported last.
    isLive: summary === null ? !entry.hasRoot : OPEN_CUTS.has(summary.cut),
    isPartial,
  };
}

/** The smaller of two times, or the one that is known. */
function least(a: UnixMs, b: UnixMs): UnixMs {
  return Number.isNaN(a) || b < a ? b : a;
}

function sessionIdOf(span: Span): string {
  for (const [name, value] of span.attributes) {
    if (name === ATTR.sessionId && typeof value === 'string') return value;
  }
  return '';
}
