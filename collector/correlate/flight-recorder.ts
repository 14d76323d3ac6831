import type { JoinedRequest } from '../model/joined-request.ts';
import type { SpanOutput, Stretch } from '../model/output.ts';
import type { SessionRef } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import type { Kept, SettledRequests } from './rows/settled-requests.ts';

export type RecorderPolicy = {
  /** `full` exports every request of every session. */
  readonly detail: 'full' | 'recorder';
  /** Share of healthy sessions exported in full, 0–1. */
  readonly healthySample: number;
  /** Requests this close to an incident are exported. */
  readonly paddingMs: number;
  /** Spans one trace may have: trace stores refuse traces of tens of thousands. */
  readonly spanBudget: number;
  /** Length of a summary span. */
  readonly gridMs: number;
};

/** A session whose first frame nobody reported is presumed to have started within this. */
const PRESUMED_STARTUP_MS = 10_000;
/** Spans kept free for the session, its incidents and its stretches. */
const RESERVED_SPANS = 200;

/**
 * Decides which requests of one playback become spans: those of its startup, those around its incidents, all of
 * them for a sampled session; the rest is summed up per grid cell. A request waits here until no incident can reach
 * back to it any more.
 */
export class FlightRecorder {
  readonly #session: SessionRef;
  readonly #policy: RecorderPolicy;
  readonly #output: SpanOutput;
  readonly #isWhole: boolean;
  readonly #phaseMs: number;
  readonly #requests: SettledRequests;
  readonly #waiting: Kept[] = [];
  #windows: { readonly beginMs: UnixMs; readonly endMs: UnixMs }[] = [];
  #beginMs: UnixMs = Number.NaN;
  #startedMs: UnixMs = Number.NaN;
  #stretch: Stretch | null = null;
  #stretchCell = Number.NaN;
  #spans = 0;

  constructor(session: SessionRef, policy: RecorderPolicy, output: SpanOutput, requests: SettledRequests) {
    this.#session = session;
    this.#policy = policy;
    this.#output = output;
    this.#requests = requests;
    const hash = Number.parseInt(session.traceId.slice(0, 8), 16);
    this.#isWhole = policy.detail === 'full' || hash / 2 ** 32 < policy.healthySample;
    this.#phaseMs = Number.parseInt(session.traceId.slice(8, 16), 16) % policy.gridMs;
  }

  add(request: JoinedRequest): void {
    if (!(this.#beginMs <= request.startMs)) this.#beginMs = request.startMs;
    this.#waiting.push(this.#requests.keep(request));
  }

  /** The first frame came: requests up to it belong to the startup. */
  started(atMs: UnixMs): void {
    this.#startedMs = atMs;
  }

  incident(beginMs: UnixMs, endMs: UnixMs): void {
    const { paddingMs } = this.#policy;
    this.#windows.push({ beginMs: beginMs - paddingMs, endMs: endMs + paddingMs });
    if (this.#windows.length > 256) this.#windows.shift();
  }

  /** Decides every request that ended long enough before `nowMs`; Infinity decides all. */
  settle(nowMs: UnixMs): void {
    const waiting = this.#waiting;
    let undecided = 0;
    for (const kept of waiting) {
      if (this.#requests.endMs(kept) + this.#policy.paddingMs > nowMs) waiting[undecided++] = kept;
      else {
        this.#decide(this.#requests.look(kept, this.#session));
        this.#requests.letGo(kept);
      }
    }
    waiting.length = undecided;
  }

  /** Nothing more comes: decides all and closes the open stretch. */
  finish(): void {
    this.settle(Number.POSITIVE_INFINITY);
    if (this.#stretch) this.#output.stretch(this.#session, this.#stretch);
    this.#stretch = null;
  }

  #decide(request: JoinedRequest): void {
    if (this.#isWanted(request) && this.#takeBudget(request)) this.#output.record(this.#session, request);
    else this.#sum(request);
  }

  #isWanted(request: JoinedRequest): boolean {
    if (this.#isWhole) return true;
    const startedMs = !Number.isNaN(this.#startedMs) ? this.#startedMs : this.#beginMs + PRESUMED_STARTUP_MS;
    if (request.startMs <= startedMs) return true;
    for (const { beginMs, endMs } of this.#windows) {
      if (request.endMs >= beginMs && request.startMs <= endMs) return true;
    }
    return false;
  }

  #takeBudget(request: JoinedRequest): boolean {
    const spans =
      (request.player ? 1 : 0) + (request.edge ? 1 : 0) + (request.shield ? 1 : 0) + (request.origin ? 1 : 0);
    if (this.#spans + spans > this.#policy.spanBudget - RESERVED_SPANS) return false;
    this.#spans += spans;
    return true;
  }

  #sum(request: JoinedRequest): void {
    const cell = Math.floor((request.startMs - this.#phaseMs) / this.#policy.gridMs);
    if (this.#stretch && cell !== this.#stretchCell) {
      this.#output.stretch(this.#session, this.#stretch);
      this.#stretch = null;
    }
    this.#stretchCell = cell;
    this.#stretch ??= {
      beginMs: request.startMs,
      endMs: request.endMs,
      requests: 0,
      hits: 0,
      errors: 0,
      bytes: 0,
      cdns: new Set(),
    };
    const stretch = this.#stretch;
    stretch.endMs = Math.max(stretch.endMs, request.endMs);
    stretch.requests++;
    if (request.status >= 500) stretch.errors++;
    const report = request.edge?.report ?? request.player;
    if (report && report.bodyBytes > 0) stretch.bytes += report.bodyBytes;
    if (request.edge?.report.cacheStatus === 'hit') stretch.hits++;
    if (request.cdn !== '') stretch.cdns.add(request.cdn);
  }
}
