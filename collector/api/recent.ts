import { type IncidentJson, incidentToJson, sessionToJson } from '../exporters/session-json.ts';
import { ALL_TENANTS, covers } from '../model/grant.ts';
import type { Incident } from '../model/incident.ts';
import type { SessionRef, SessionSummary, ViewerDimensions } from '../model/session.ts';
import type { Span } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';
import { ENTRY_BYTES, type Entry, least, newEntry, type RecentSession, sessionIdOf, view } from './recent-session.ts';
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

/** The sessions that somebody may see: everybody's, or those of one tenant. */
export type SessionsView = {
  readonly sessions: () => Iterable<RecentSession>;
  /** By trace id, or by session id; a player that reused its id has several, and the newest is meant. */
  readonly find: (id: string) => RecentSession | null;
  readonly counters: Pick<RecentCounters, 'sessions' | 'evictedSessions'>;
};

const INCIDENT_BYTES = 600;
const MAX_INCIDENTS = 1000;
/** Evicted sessions remembered per session held, so that a late span does not bring back a stump of a trace. */
const REMEMBERED = 4;

/**
 * The sessions of the last while, in memory, for the query API. When a limit is reached the sessions longest without
 * news go. It has no clock: what is oldest is what changed longest ago.
 */
export class RecentSessions {
  readonly #limits: RecentLimits;
  /**
   * By tenant and trace id, least recently changed first. Players choose their ids: one who takes that of another
   * tenant's session must neither see nor touch it.
   */
  readonly #entries = new Map<string, Entry>();
  /** Of the entries that a trace id or a session id stands for. */
  readonly #keysOf = new Map<string, Set<string>>();
  readonly #evicted = new Set<string>();
  readonly #evictedOf = new Map<string, number>();
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
    const entry = this.#change(session);
    this.#identify(entry, session);
    entry.dimensions = dimensions;
    entry.startedMs = atMs;
    this.#fit();
  }

  /** An incident of a session still open; `session` brings it again. */
  incident(session: SessionRef, incident: Incident): void {
    const entry = this.#change(session);
    this.#identify(entry, session);
    this.#setIncidents(entry, [...entry.incidents, incidentToJson(incident)]);
    this.#fit();
  }

  /** Everything known of the session so far, with all its incidents; replaces what was known before. */
  session(summary: SessionSummary, incidents: readonly Incident[]): void {
    const entry = this.#change(summary);
    this.#identify(entry, summary);
    entry.dimensions = summary.dimensions;
    entry.viewerId = summary.viewerId;
    entry.deviceKey = summary.client?.deviceKey ?? '';
    // Kept as JSON, because the correlator goes on counting in the summary's own numbers.
    entry.summary = sessionToJson(summary, incidents);
    this.#setIncidents(entry, entry.summary.incidents);
    this.#fit();
  }

  /** A span with a known id replaces the earlier one: replay and late halves give the same ids. */
  addSpan(span: Span): void {
    if (this.#evicted.has(keyOf(span))) {
      this.#refused += 1;
      return;
    }
    const entry = this.#change(span);
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
    if (entry.sessionId === '') this.#name(entry, sessionIdOf(span));
    this.#fit();
  }

  /** What a grant for this tenant shows. */
  of(tenant: string): SessionsView {
    const isAll = tenant === ALL_TENANTS;
    return {
      sessions: () => this.sessions(tenant),
      find: (id) => this.find(id, tenant),
      counters: {
        sessions: isAll ? this.#entries.size : [...this.sessions(tenant)].length,
        evictedSessions: isAll ? this.#evictedSessions : (this.#evictedOf.get(tenant) ?? 0),
      },
    };
  }

  /** The sessions of one tenant, or all that are held, in no useful order. */
  *sessions(tenant = ALL_TENANTS): Generator<RecentSession> {
    for (const entry of this.#entries.values()) if (covers({ tenant }, entry.tenant)) yield view(entry);
  }

  /** By trace id, or by session id; a player that reused its id has several, and the newest is meant. */
  find(id: string, tenant = ALL_TENANTS): RecentSession | null {
    const traceId = id.toLowerCase().replaceAll('-', '');
    return this.#newest(this.#keysOf.get(traceId), tenant) ?? this.#newest(this.#keysOf.get(id), tenant);
  }

  /** Drops the sessions that are meant; what comes late of them is refused. */
  forget(tenant: string, isMeant: (session: RecentSession) => boolean): number {
    const meant = [...this.#entries.values()].filter((entry) => entry.tenant === tenant && isMeant(view(entry)));
    for (const entry of meant) {
      this.#drop(entry);
      this.#evicted.add(keyOf(entry));
      if (this.#latest === entry) this.#latest = null;
    }
    return meant.length;
  }

  #newest(keys: ReadonlySet<string> | undefined, tenant: string): RecentSession | null {
    let newest: RecentSession | null = null;
    for (const key of keys ?? []) {
      const entry = this.#entries.get(key);
      if (entry === undefined || !covers({ tenant }, entry.tenant)) continue;
      const session = view(entry);
      if (newest === null || session.beginMs > newest.beginMs) newest = session;
    }
    return newest;
  }

  #change(of: { readonly tenant: string; readonly traceId: string }): Entry {
    if (this.#latest?.traceId === of.traceId && this.#latest.tenant === of.tenant) return this.#latest;
    const key = keyOf(of);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = newEntry(of.tenant, of.traceId, this.#evicted.delete(key));
      this.#sizeBytes += ENTRY_BYTES;
      this.#addName(of.traceId, entry);
    } else {
      this.#entries.delete(key);
    }
    this.#entries.set(key, entry);
    this.#latest = entry;
    return entry;
  }

  #identify(entry: Entry, session: SessionRef): void {
    entry.isInferred = session.isInferred;
    this.#name(entry, session.sessionId);
  }

  #name(entry: Entry, sessionId: string): void {
    if (sessionId === entry.sessionId) return;
    this.#forgetName(entry.sessionId, entry);
    entry.sessionId = sessionId;
    this.#addName(sessionId, entry);
  }

  #addName(name: string, entry: Entry): void {
    const keys = this.#keysOf.get(name);
    if (keys === undefined) this.#keysOf.set(name, new Set([keyOf(entry)]));
    else keys.add(keyOf(entry));
  }

  #forgetName(name: string, entry: Entry): void {
    // A session whose id is its trace id keeps that name as long as it is held.
    const keys = name === entry.traceId && this.#entries.has(keyOf(entry)) ? undefined : this.#keysOf.get(name);
    keys?.delete(keyOf(entry));
    if (keys?.size === 0) this.#keysOf.delete(name);
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
    const isWithin = (): boolean => this.#entries.size <= maxSessions && this.#sizeBytes <= maxBytes;
    // Finding the oldest of a map whose keys come and go is not free, and hardly ever needed.
    if (isWithin()) return;
    for (const entry of this.#entries.values()) {
      if (isWithin() || entry === this.#latest) return;
      this.#drop(entry);
      this.#evictedSessions += 1;
      this.#evictedOf.set(entry.tenant, (this.#evictedOf.get(entry.tenant) ?? 0) + 1);
      this.#evicted.add(keyOf(entry));
      for (const oldest of this.#evicted) {
        if (this.#evicted.size <= maxSessions * REMEMBERED) break;
        this.#evicted.delete(oldest);
      }
    }
  }

  #drop(entry: Entry): void {
    this.#entries.delete(keyOf(entry));
    this.#forgetName(entry.sessionId, entry);
    this.#forgetName(entry.traceId, entry);
    this.#spans -= entry.spans.size;
    this.#sizeBytes -= entry.sizeBytes;
  }
}

function keyOf({ tenant, traceId }: { readonly tenant: string; readonly traceId: string }): string {
  return `${tenant} ${traceId}`;
}
