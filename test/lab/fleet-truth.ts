import type { Incident } from './incident-plan.ts';
import type { IncidentSpec } from './scenario.ts';
import { type Seat, seatOf } from './seat.ts';
import { statusClassOf } from './session-truth.ts';
import type { ViewerSession } from './viewer-session.ts';

/** One row of request counters, counted when the line was written: before sampling, loss and duplicates. */
export type RequestCount = {
  readonly cdn: string;
  readonly tier: 'edge' | 'shield' | 'origin';
  readonly statusClass: string;
  readonly objectType: string;
  requests: number;
  bytes: number;
};

export type SourceCount = { written: number; sampledOut: number; withheld: number; delivered: number };

/**
 * How many sessions lived at one moment; `concurrent` leaves out those paused for a minute and more. `seats` are those
 * that count as watching by the definition of semantics.md section 3: by their player's word, by segments, and people.
 */
export type ConcurrencySample = {
  readonly atMs: number;
  readonly sessions: number;
  readonly concurrent: number;
  readonly viewers: number;
  readonly playing: number;
  readonly seats: { readonly player: number; readonly server: number; readonly viewers: number };
};

/** What really happened in the whole fleet; truth.fleet.json. Times are Unix ms. */
export type FleetTruth = {
  readonly scenario: string;
  readonly seed: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly sessionsStarted: number;
  readonly sessionsClosed: number;
  readonly requests: readonly RequestCount[];
  readonly sources: Readonly<Record<string, SourceCount>>;
  readonly posts: { readonly made: number; readonly blocked: number; readonly lost: number };
  readonly concurrency: readonly ConcurrencySample[];
  readonly incidents: readonly (IncidentSpec & { readonly startsMs: number })[];
};

/** 10,000 samples of 10 s are 28 hours; a demo that runs longer forgets its first day. */
const MAX_SAMPLES = 10_000;
const PAUSED_OUT_MS = 60_000;

/** Counts the fleet while it runs. */
export class FleetLedger {
  readonly posts = { made: 0, blocked: 0, lost: 0 };
  sessionsStarted = 0;
  sessionsClosed = 0;
  readonly #requests = new Map<string, RequestCount>();
  readonly #sources = new Map<string, SourceCount>();
  readonly #concurrency: ConcurrencySample[] = [];
  #left: Seat[] = [];

  request(cdn: string, tier: RequestCount['tier'], status: number, objectType: string, bytes: number): void {
    const statusClass = statusClassOf(status);
    const key = `${cdn}|${tier}|${statusClass}|${objectType}`;
    let count = this.#requests.get(key);
    if (count === undefined) {
      count = { cdn, tier, statusClass, objectType, requests: 0, bytes: 0 };
      this.#requests.set(key, count);
    }
    count.requests++;
    count.bytes += bytes;
  }

  source(name: string): SourceCount {
    let count = this.#sources.get(name);
    if (count === undefined) {
      count = { written: 0, sampledOut: 0, withheld: 0, delivered: 0 };
      this.#sources.set(name, count);
    }
    return count;
  }

  /** A session is over; its seat counts until its time is up. */
  left(session: ViewerSession, nowMs: number): void {
    this.sessionsClosed++;
    this.#left.push(seatOf(session, nowMs));
  }

  census(sessions: Iterable<ViewerSession>, atMs: number): void {
    this.#left = this.#left.filter(({ untilMs }) => untilMs >= atMs);
    const seats = [...this.#left];
    const viewers = new Set<string>();
    let all = 0;
    let concurrent = 0;
    let playing = 0;
    for (const session of sessions) {
      const { playback, facts } = session;
      seats.push(seatOf(session, atMs));
      all++;
      const { state, stateSinceMs } = playback;
      if (state === 'playing') playing++;
      const isWatching = state === 'playing' || state === 'rebuffering' || state === 'seeking';
      if (!isWatching && !(state === 'paused' && atMs - stateSinceMs < PAUSED_OUT_MS)) continue;
      concurrent++;
      viewers.add(`${facts.viewer.address}|${facts.viewer.userAgent}`);
    }
    if (this.#concurrency.length >= MAX_SAMPLES) this.#concurrency.shift();
    const taken = seats.filter(({ untilMs }) => untilMs >= atMs);
    const player = taken.filter(({ isHeard }) => isHeard).length;
    const people = new Set(taken.map(({ viewer }) => viewer)).size;
    this.#concurrency.push({
      atMs,
      sessions: all,
      concurrent,
      viewers: viewers.size,
      playing,
      seats: { player, server: taken.length - player, viewers: people },
    });
  }

  truth(scenario: string, seed: number, startMs: number, endMs: number, incidents: readonly Incident[]): FleetTruth {
    return {
      scenario,
      seed,
      startMs,
      endMs,
      sessionsStarted: this.sessionsStarted,
      sessionsClosed: this.sessionsClosed,
      requests: [...this.#requests.values()],
      sources: Object.fromEntries(this.#sources),
      posts: this.posts,
      concurrency: this.#concurrency,
      incidents: incidents.map(({ spec }) => ({ ...spec, startsMs: startMs + spec.beginMs })),
    };
  }
}
