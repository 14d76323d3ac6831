import type { Incident } from '../model/incident.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import type { CorrelatorOutput, PlaybackInterval, RenditionSwitch, SpanOutput } from '../model/output.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { CutReason, Outcome, SessionRef, SessionSummary } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import { CdnSwitches } from './cdn-switches.ts';
import type { ClockOffset } from './clock-offset.ts';
import { DeliveryTotals } from './delivery-totals.ts';
import { Evidence } from './evidence.ts';
import { FlightRecorder } from './flight-recorder.ts';
import type { IncidentDraft } from './incident-draft.ts';
import { sentenceFor } from './incident-sentence.ts';
import { outcomeOf, visibilityOf } from './outcome.ts';
import type { PlaybackListener, Stall } from './playback-listener.ts';
import { PlayerTimeline } from './player-state.ts';
import { badSign } from './request-signs.ts';
import { ServerPlayback } from './server-playback.ts';
import type { CorrelateSettings } from './settings.ts';
import { SilentFailures } from './silent-failures.ts';
import { decideVerdict } from './verdicts.ts';
import { Viewer } from './viewer.ts';

/** Requests still in flight when an incident ended are part of its evidence. */
const EVIDENCE_GRACE_MS = 2_000;

/** Everything one playback needs from around it. */
export type PlaybackContext = {
  readonly settings: CorrelateSettings;
  readonly output: CorrelatorOutput;
  readonly spans: SpanOutput;
  readonly clock: ClockOffset;
};

type Draft = { readonly draft: IncidentDraft; readonly evidence: readonly string[] };

/**
 * One playback from first sign to close. Fed in order of time by two lanes: player events on the player's clock, and
 * joined requests on the servers'. What the player reported is told at once; what needs both lanes (incidents, their
 * verdicts, spans) waits until the requests of that time have settled.
 */
export class Playback {
  readonly session: SessionRef;
  readonly viewer: Viewer;
  readonly totals = new DeliveryTotals();
  readonly #context: PlaybackContext;
  readonly #previousTraceId: string;
  readonly #isLate: boolean;
  readonly #switches = new CdnSwitches();
  readonly #silent = new SilentFailures();
  readonly #evidence = new Evidence();
  readonly #recorder: FlightRecorder;
  readonly #incidents: Incident[] = [];
  #player: PlayerTimeline | null = null;
  #server: ServerPlayback | null = null;
  #drafts: Draft[] = [];
  #intervals: PlaybackInterval[] = [];
  #changes: RenditionSwitch[] = [];
  #stalls: Stall[] = [];
  #isStarted = false;
  #hasPlayerError = false;
  #isFailed = false;
  #hasEnded = false;
  #isAttempt = false;
  #attemptMs = Number.NaN;
  #firstFrameMs = Number.NaN;
  #firstEventMs = Number.NaN;
  #lastEventMs = Number.NaN;
  #lastReceivedMs = Number.NaN;
  #stateSinceMs = Number.NaN;

  /** `isLate`: its session was told and closed already; only what arrives now is told. */
  constructor(session: SessionRef, previousTraceId: string, isLate: boolean, context: PlaybackContext) {
    this.session = session;
    this.#isStarted = isLate;
    this.#isLate = isLate;
    this.viewer = new Viewer(session.tenant);
    this.#context = context;
    this.#previousTraceId = previousTraceId;
    this.#recorder = new FlightRecorder(session, context.settings.recorder, context.spans);
  }

  get state(): string {
    return this.#player?.state ?? this.#server?.state ?? 'unknown';
  }

  get hasPlayer(): boolean {
    return this.#player !== null;
  }

  /** When the player was last heard, on our clock; NaN for a server-only playback. */
  get lastReceivedMs(): UnixMs {
    return this.#lastReceivedMs;
  }

  /** Since when the current state holds, on the player's clock moved to ours. */
  get stateSinceMs(): UnixMs {
    return this.#stateSinceMs - this.#lastEventMs + this.#lastReceivedMs;
  }

  /** Something was found that requests still to come may explain. */
  get isWaiting(): boolean {
    return this.#drafts.length > 0 || this.#intervals.length > 0;
  }

  /** Player and CDN both say this playback is over, or the player alone does. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** One player event; events come in order of (tsMs, seq), on the player's clock. */
  event(event: PlayerEvent): void {
    this.viewer.event(event);
    this.#start(event.tsMs - this.#offsetMs);
    this.#player ??= new PlayerTimeline(this.#listener(true));
    if (!(this.#firstEventMs <= event.tsMs)) this.#firstEventMs = event.tsMs;
    if (!(this.#lastEventMs >= event.tsMs)) this.#lastEventMs = event.tsMs;
    if (!(this.#lastReceivedMs >= event.receivedMs)) this.#lastReceivedMs = event.receivedMs;
    if (event.name === 'state' && event.state) {
      this.#hasEnded = event.state === 'ended' || event.state === 'failed' || event.state === 'quit';
    }
    this.#player.step(event);
  }

  /** One request; requests come in order of their begin, in server time. */
  request(request: JoinedRequest): void {
    for (const half of [request.edge?.report, request.player, request.shield?.report])
      if (half) this.viewer.report(half);
    this.#start(request.startMs);
    this.#noteStalls(request.startMs);
    this.totals.add(request);
    this.#evidence.add(request);
    this.#recorder.add(request);
    this.#context.output.request(this.session, request);
    const change = this.#switches.step(request);
    if (change) {
      this.#evidence.switched(change);
      this.#context.output.cdnSwitch(this.session, change);
    }
    if (badSign(request) !== '') this.#recorder.incident(request.startMs, request.endMs);
    this.#silent.step(request);
    if (!this.#player) {
      this.#server ??= new ServerPlayback(this.#listener(false));
      this.#server.step(request);
    }
  }

  /** Adds what the player told since the last call to the counters. */
  count(): void {
    const timeline = this.#player ?? this.#server;
    if (timeline) this.#context.output.playback(this.session, this.viewer.dimensions, timeline.takeDelta());
  }

  /** All requests that began before `nowMs` are in: decides what waited for them. */
  settle(nowMs: UnixMs): void {
    this.#noteStalls(nowMs);
    for (const failover of this.#switches.settle(nowMs)) {
      const { from, to, reason, evidence } = failover;
      const draft: IncidentDraft = {
        kind: 'failover',
        beginMs: failover.beginMs,
        endMs: failover.endMs,
        failover: {
          from,
          to,
          reason,
          result: failover.result === 'failed' ? 'failed' : 'recovered',
          bitrateBeforeKbps: this.#evidence.meanBitrateKbps(failover.beginMs - 30_000, failover.beginMs),
          bitrateAfterKbps: this.#evidence.meanBitrateKbps(failover.endMs, failover.endMs + 30_000),
        },
      };
      this.#draft(draft, evidence);
    }
    this.#decide(nowMs);
    this.#tellIntervals(nowMs);
    this.#recorder.settle(nowMs);
    this.#evidence.trim(nowMs);
    this.count();
  }

  /** Nothing more comes. */
  close(cut: CutReason): void {
    const endMs = this.#endMs();
    this.#player?.finish(this.#lastEventMs);
    this.#server?.finish(this.totals.lastMs);
    this.settle(Number.POSITIVE_INFINITY);
    if (!this.#hasPlayerError) this.#tellSilentFailures();
    this.#recorder.finish();
    if (this.#isLate) return;
    const summary = this.summary(cut, endMs);
    this.#context.output.sessionClosed(summary, this.#incidents, cut);
    this.#context.spans.session(summary, this.#incidents);
  }

  get incidents(): readonly Incident[] {
    return this.#incidents;
  }

  summary(cut: CutReason | 'live', endMs = this.#endMs()): SessionSummary {
    const { viewer, totals } = this;
    const hasServer = totals.serverHalves > 0;
    const visibility = visibilityOf(this.#player !== null || totals.playerHalves > 0, hasServer);
    const beginMs = least(this.#firstEventMs - this.#offsetMs, totals.firstMs);
    return {
      ...this.session,
      dimensions: viewer.dimensions,
      contentId: viewer.contentId,
      title: viewer.title,
      client: viewer.client,
      beginMs,
      endMs,
      outcome: this.#outcome(cut !== 'live'),
      visibility,
      cut,
      qoe: { ...(this.#player ?? this.#server ?? this.#emptyTimeline()).qoe },
      cdns: [...totals.cdns],
      pops: [...totals.pops],
      requests: totals.requests,
      errors: totals.errors,
      bytes: totals.bytes,
      clockOffsetSeconds: this.#context.clock.isBounded ? this.#offsetMs / 1000 : Number.NaN,
      joins: { ...totals.joins },
      previousTraceId: this.#previousTraceId,
    };
  }

  get #offsetMs(): number {
    return this.#context.clock.offsetMs;
  }

  #emptyTimeline(): ServerPlayback {
    return new ServerPlayback(this.#listener(false));
  }

  #start(atMs: UnixMs): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#context.output.sessionStarted(this.session, this.viewer.dimensions, atMs);
  }

  #endMs(): UnixMs {
    return most(this.#lastEventMs - this.#offsetMs, this.totals.lastMs);
  }

  #outcome(isClosed: boolean): Outcome {
    const { heartbeatMs, missedHeartbeats } = this.#context.settings;
    const silentForMs = this.totals.lastMs - (this.#lastEventMs - this.#offsetMs);
    return outcomeOf({
      isAttempt: this.#isAttempt,
      hasStarted: !Number.isNaN(this.#firstFrameMs),
      isFailed: this.#isFailed,
      hasEnded: this.#hasEnded,
      isClosed,
      isSignalLost: this.#player !== null && silentForMs > heartbeatMs * missedHeartbeats,
    });
  }

  /** `isPlayerClock`: the times a timeline tells are the player's and need its offset taken off. */
  #listener(isPlayerClock: boolean): PlaybackListener {
    const shift = (): number => (isPlayerClock ? this.#offsetMs : 0);
    const { output } = this.#context;
    return {
      attempt: (atMs) => {
        this.#isAttempt = true;
        this.#attemptMs = atMs - shift();
      },
      startup: (startupMs, interval) => {
        this.#firstFrameMs = interval.endMs - shift();
        this.#isFailed = false;
        this.#recorder.started(this.#firstFrameMs);
        output.startup(this.session, this.viewer.dimensions, startupMs);
        this.#intervals.push({ name: 'startup', beginMs: interval.beginMs - shift(), endMs: this.#firstFrameMs });
      },
      stateChanged: (_state, atMs) => {
        this.#stateSinceMs = atMs;
      },
      stall: (stall) => {
        const beginMs = stall.beginMs - shift();
        const endMs = stall.endMs - shift();
        this.#stalls.push({ ...stall, beginMs, endMs });
        const { kind, precision, stalledMs, isInAd } = stall;
        this.#draft({ kind: 'stall', beginMs, endMs, stallKind: kind, stalledMs, precision, isInAd }, []);
      },
      renditionSwitch: (change) => {
        const at = shift();
        const { atMs, requestedMs, appliedMs } = change;
        this.#changes.push({ ...change, atMs: atMs - at, requestedMs: requestedMs - at, appliedMs: appliedMs - at });
      },
      qualityCollapse: (collapse) => {
        this.#draft(
          { kind: 'quality_collapse', beginMs: collapse.beginMs - shift(), endMs: collapse.endMs - shift() },
          [],
        );
      },
      seek: (seek) => this.#interval('seek', seek, shift()),
      pause: (pause) => this.#interval('pause', pause, shift()),
      ad: (ad) => this.#interval('ad', ad, shift()),
      liveLatency: (latencyMs) => output.liveLatency(this.session, this.viewer.dimensions, latencyMs),
      error: (event) => {
        this.#hasPlayerError = true;
        this.#evidence.failed(event, event.tsMs - shift());
        output.playbackError(this.session, this.viewer.dimensions, event);
        if (event.isFatal) this.#fatal(event.tsMs - shift());
      },
    };
  }

  #interval(
    name: PlaybackInterval['name'],
    { beginMs, endMs }: { beginMs: UnixMs; endMs: UnixMs },
    offsetMs: number,
  ): void {
    this.#intervals.push({ name, beginMs: beginMs - offsetMs, endMs: endMs - offsetMs });
  }

  #fatal(atMs: UnixMs): void {
    const hasFrame = this.#firstFrameMs <= atMs;
    this.#isFailed = true;
    this.#switches.failed(atMs);
    const beginMs = hasFrame ? atMs : least(this.#attemptMs, atMs);
    this.#draft({ kind: hasFrame ? 'playback_failure' : 'startup_failure', beginMs, endMs: atMs }, []);
  }

  /** A stall is a bad sign on the CDN of its time, so the switch detector must hear of it in order. */
  #noteStalls(beforeMs: UnixMs): void {
    while (this.#stalls.length > 0 && (this.#stalls[0] as Stall).beginMs <= beforeMs) {
      this.#switches.stalled((this.#stalls.shift() as Stall).beginMs);
    }
  }

  #draft(draft: IncidentDraft, evidence: readonly string[]): void {
    this.#recorder.incident(draft.beginMs, draft.endMs);
    this.#drafts.push({ draft, evidence });
  }

  #decide(nowMs: UnixMs): void {
    if (this.#drafts.length === 0) return;
    const due = this.#drafts.filter(({ draft }) => draft.endMs + EVIDENCE_GRACE_MS <= nowMs);
    if (due.length === 0) return;
    this.#drafts = this.#drafts.filter((draft) => !due.includes(draft));
    due.sort((a, b) => a.draft.beginMs - b.draft.beginMs || a.draft.endMs - b.draft.endMs);
    for (const { draft, evidence } of due) this.#tell(draft, evidence);
  }

  #tell(draft: IncidentDraft, known: readonly string[]): void {
    const decision = decideVerdict(draft, this.#evidence.around(draft, this.viewer.dimensions.streamType));
    const { precision: _, isInAd: __, ...facts } = draft;
    const incident: Incident = {
      ...facts,
      ...(draft.precision ? { precision: draft.precision } : {}),
      verdict: decision.verdict,
      confidence: decision.confidence,
      evidence: [...new Set([...known, ...decision.evidence])],
      sentence: sentenceFor(draft, decision),
    };
    this.#incidents.push(incident);
    this.#context.output.incident(this.session, this.viewer.dimensions, incident);
    this.#context.spans.incident(this.session, incident);
  }

  #tellSilentFailures(): void {
    for (const failure of this.#silent.take()) {
      const { beginMs, endMs, cdn, kind } = failure;
      this.#tell({ kind: 'silent_failure', beginMs, endMs, silent: { cdn, kind } }, failure.evidence);
    }
  }

  #tellIntervals(nowMs: UnixMs): void {
    if (this.#intervals.length > 0) {
      for (const interval of this.#intervals) {
        if (interval.endMs <= nowMs) this.#context.spans.interval(this.session, interval);
      }
      this.#intervals = this.#intervals.filter((interval) => interval.endMs > nowMs);
    }
    if (this.#changes.length > 0) {
      for (const change of this.#changes)
        if (change.atMs <= nowMs) this.#context.spans.renditionSwitch(this.session, change);
      this.#changes = this.#changes.filter((change) => change.atMs > nowMs);
    }
  }
}

/** The lesser of two times, or the one that is known. */
function least(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);
}

/** The greater of two times, or the one that is known. */
function most(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);
}
