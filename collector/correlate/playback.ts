import type { Incident } from '../model/incident.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import type { CorrelatorOutput, SpanOutput } from '../model/output.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { CutReason, SessionRef, SessionSummary } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import type { SegmentFacts } from './content/content-memory.ts';
import { DeliveryTotals } from './delivery-totals.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { CdnSwitches } from './incidents/cdn-switches.ts';
import type { Memories } from './incidents/evidence.ts';
import { failoverDraft } from './incidents/failover-draft.ts';
import { IncidentDesk } from './incidents/incident-desk.ts';
import { SilentFailures, silentDraft } from './incidents/silent-failures.ts';
import type { ClockOffset } from './join/clock-offset.ts';
import { badSign, objectDurationMs } from './join/request-signs.ts';
import { PlaybackNews } from './playback-news.ts';
import { PlayerTimeline } from './player/player-state.ts';
import { ServerPlayback } from './server/server-playback.ts';
import { UnheardStalls } from './server/unheard-stalls.ts';
import { summaryOf } from './session-summary.ts';
import type { CorrelateSettings } from './settings.ts';
import { SpanExtent } from './span-extent.ts';
import { DeferredSpans } from './timeline/deferred-spans.ts';
import { least, most } from './timeline/known-times.ts';
import { emptyQoe } from './timeline/playback-numbers.ts';
import { SignsOfLife } from './timeline/signs-of-life.ts';
import { TimelineListener } from './timeline/timeline-listener.ts';
import { Viewer } from './viewer.ts';

/** No packager cuts shorter. */
const LEAST_SEGMENT_MS = 500;

/** Everything playbacks need from around them, and share. */
export type PlaybackContext = Memories & {
  readonly settings: CorrelateSettings;
  readonly output: CorrelatorOutput;
  readonly spans: SpanOutput;
};

/**
 * One playback from first sign to close. Fed in order of time by two lanes: player events on the player's clock, and
 * joined requests on the servers'. What the player reported is told at once; what needs both lanes (incidents, their
 * verdicts, spans) waits until the requests of that time have settled.
 */
export class Playback {
  readonly session: SessionRef;
  readonly viewer: Viewer;
  readonly totals = new DeliveryTotals();
  readonly signs = new SignsOfLife();
  readonly #context: PlaybackContext;
  readonly #clock: ClockOffset;
  readonly #previousTraceId: string;
  readonly #isLate: boolean;
  readonly #switches = new CdnSwitches();
  readonly #silent = new SilentFailures();
  readonly #spans: SpanExtent;
  readonly #desk: IncidentDesk;
  readonly #later: DeferredSpans;
  readonly #recorder: FlightRecorder;
  readonly #news: PlaybackNews;
  #player: PlayerTimeline | null = null;
  #server: ServerPlayback | null = null;
  #unheard: UnheardStalls | null = null;
  #learntSegmentMs = Number.NaN;
  #untold = 0;
  #isStarted = false;
  /** The last request was answered with an error. */
  isRefused = false;

  /** `isLate`: its session was told and closed already; only what arrives now is told. */
  constructor(
    session: SessionRef,
    previousTraceId: string,
    isLate: boolean,
    clock: ClockOffset,
    context: PlaybackContext,
  ) {
    this.session = session;
    this.#isStarted = isLate;
    this.#isLate = isLate;
    this.viewer = new Viewer(session.tenant, context.settings.property);
    this.#context = context;
    this.#clock = clock;
    this.#previousTraceId = previousTraceId;
    this.#spans = new SpanExtent(context.spans);
    this.#recorder = new FlightRecorder(session, context.settings.recorder, this.#spans, context.requests);
    this.#desk = new IncidentDesk(session, context.output, this.#spans, context);
    this.#later = new DeferredSpans(session, this.#spans);
    this.#news = new PlaybackNews({
      session,
      viewer: this.viewer,
      signs: this.signs,
      output: context.output,
      clock,
      switches: this.#switches,
      desk: this.#desk,
      later: this.#later,
      recorder: this.#recorder,
    });
  }

  get state(): string {
    return this.#player?.state ?? this.#server?.state ?? 'unknown';
  }

  get hasPlayer(): boolean {
    return this.#player !== null;
  }

  /** It has a player, which has never said its state. */
  get isStateless(): boolean {
    return this.#player?.isStateless === true;
  }

  /** The CDN it is on; '' before the first media object. */
  get cdn(): string {
    return this.#switches.current;
  }

  /** Duration of its segments, as far as requests alone tell it. */
  get servedSegmentMs(): number | undefined {
    return this.#server?.segmentMs;
  }

  /** Something was found that requests to come may explain. */
  get isWaiting(): boolean {
    return this.#desk.isWaiting || this.#later.isWaiting;
  }

  /** One player event; events come in order of (tsMs, seq), on the player's clock. */
  event(event: PlayerEvent): void {
    this.#start(event.tsMs - this.#offsetMs);
    this.#player ??= new PlayerTimeline(new TimelineListener(this.#news, 'player'));
    this.signs.note(event);
    this.#player.step(event);
    if (event.name === 'download') this.#context.output.downloaded?.(this.session, event);
    if (event.playheadMs !== undefined) this.#context.output.position?.(this.session, event);
  }

  /** One request; requests come in order of their begin, in server time. */
  request(request: JoinedRequest): void {
    this.#start(request.startMs);
    this.#news.noteStalls(request.startMs);
    this.totals.add(request);
    this.#desk.evidence.add(request);
    this.#recorder.add(request);
    this.#context.output.request(this.session, request);
    const sign = badSign(request, this.#untoldSegmentMs(request));
    this.isRefused = sign === '5xx' || sign === '4xx';
    const isSound = request.objectType === 'audio' || this.#server?.isSound(request) === true;
    const change = this.#switches.step(request, sign, isSound);
    if (change) {
      this.#desk.evidence.switched(change);
      this.#context.output.cdnSwitch(this.session, change);
    }
    if (sign !== '') {
      this.#recorder.incident(request.startMs, request.endMs);
      // Of a request that only an origin wrote down: the CDN the viewer is on.
      this.#silent.step(request, sign, request.cdn || this.#switches.current);
    }
    if (!this.#player) {
      this.#server ??= new ServerPlayback(new TimelineListener(this.#news, 'server'), {
        segments: this.#segments,
      });
      this.#server.step(request);
    } else if (this.#player.isStateless) {
      this.#unheard ??= new UnheardStalls(this.#segments, (stall) => this.#player?.infer(stall, this.#offsetMs));
      this.#unheard.step(request);
    }
  }

  /** Adds what the player told since the last call to the counters. */
  count(): void {
    const timeline = this.#player ?? this.#server;
    const delta = timeline?.takeDelta();
    const source = this.#player ? 'player' : 'server';
    if (delta) this.#context.output.playback(this.session, this.viewer.dimensions, delta, source);
  }

  /** All requests that began before `nowMs` are in: decides what waited for them. */
  settle(nowMs: UnixMs): void {
    this.#news.noteStalls(nowMs);
    if (this.#switches.isWaiting) {
      for (const failover of this.#switches.settle(nowMs)) {
        this.#news.draft(failoverDraft(failover, this.#desk.evidence), failover.evidence, 'server');
      }
    }
    this.#desk.settle(nowMs, this.#offsetMs, this.viewer.dimensions);
    this.#silent.settle(nowMs, (draft) => this.#desk.judge(draft, this.viewer.dimensions));
    this.#later.settle(nowMs, this.#offsetMs);
    // Stalls that are told late have requests around them, too.
    const untoldMs = this.#server?.untoldMs ?? Number.POSITIVE_INFINITY;
    this.#recorder.settle(Math.min(nowMs, untoldMs + this.#context.settings.recorder.paddingMs));
    const awaitedMs = Math.min(
      this.#server?.awaitedMs ?? Number.POSITIVE_INFINITY,
      this.#unheard?.awaitedMs ?? Number.POSITIVE_INFINITY,
    );
    this.#desk.evidence.trim(nowMs, awaitedMs);
    this.count();
  }

  /** Adds the requests that it still looks at, because what comes after them says what they mean. */
  holdInto(held: Set<JoinedRequest>): void {
    this.#switches.holdInto(held);
    this.#server?.holdInto(held);
    this.#unheard?.holdInto(held);
  }

  /** Nothing more comes. */
  close(cut: CutReason): void {
    this.#player?.correct(this.#unheard?.finish(this.totals.lastMs) ?? 0);
    const servedMs = this.totals.lastMs + this.#offsetMs;
    this.#player?.finish(this.signs.lastSeenMs(servedMs, this.#context.settings.heartbeatMs));
    this.#server?.finish(this.totals.lastMs);
    // Nobody says so, but what it needed was refused to the last.
    // Lines of a playback that goes by its id elsewhere may be its failures only, and look like one that never began.
    const isWhole = !this.session.isInferred || this.#server?.hasStarted;
    const isGivenUp = this.#player ? this.#player.isStateless && this.#desk.evidence.hasErrors : this.#server?.isFailed;
    const isSeen = (this.#player ? this.#unheard : this.#server)?.hasStarted === true;
    if (this.isRefused && isGivenUp && isWhole) this.#news.fatal(this.totals.lastMs, undefined, 'server', isSeen);
    this.settle(Number.POSITIVE_INFINITY);
    if (!this.#desk.evidence.hasErrors) this.#tellSilentFailures();
    this.#recorder.finish();
    this.#desk.evidence.clear();
    if (this.#isLate) return;
    const summary = this.summary(cut);
    this.#context.output.sessionClosed(summary, this.#desk.incidents, cut);
    this.#spans.session(summary, this.#desk.incidents);
  }

  get incidents(): readonly Incident[] {
    return this.#desk.incidents;
  }

  summary(cut: CutReason | 'live'): SessionSummary {
    const { settings } = this.#context;
    const lastEventMs = this.signs.lastMs - this.#offsetMs;
    const timeline = this.#player ?? this.#server;
    return summaryOf({
      session: this.session,
      viewer: this.viewer,
      totals: this.totals,
      cut,
      beginMs: least(this.#spans.firstMs, least(this.signs.firstMs - this.#offsetMs, this.totals.firstMs)),
      endMs: most(this.#spans.lastMs, most(lastEventMs, this.totals.lastMs)),
      hasPlayer: this.#player !== null,
      isAttempt: this.#news.isAttempt,
      hasStarted: timeline?.hasStarted ?? false,
      isFailed: timeline?.isFailed ?? false,
      hasEnded: this.signs.hasEnded,
      // Beacons stopped, and the CDN went on serving for longer than beacons may be missed.
      isSignalLost: this.totals.lastMs - lastEventMs > settings.heartbeatMs * settings.missedHeartbeats,
      qoe: timeline?.qoe ?? emptyQoe(),
      playerErrors: this.#desk.evidence.errors,
      clockOffsetSeconds: this.#clock.isBounded ? this.#offsetMs / 1000 : Number.NaN,
      previousTraceId: this.#previousTraceId,
    });
  }

  get #offsetMs(): number {
    return this.#clock.offsetMs;
  }

  #start(atMs: UnixMs): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#context.output.sessionStarted(this.session, this.viewer.dimensions, atMs, this.viewer.client);
  }

  /** What the playbacks of others told of the content. */
  get #segments(): SegmentFacts {
    return this.#context.contents.segmentsOf(this.session.tenant);
  }

  /**
   * How long an object plays that does not say so; NaN for one that came sooner than any plays. Others may say it
   * later, so while nobody has they are asked again: at the 1st, 2nd, 4th, 8th of them.
   */
  #untoldSegmentMs(request: JoinedRequest): number {
    if (!(request.endMs - request.startMs > LEAST_SEGMENT_MS) || objectDurationMs(request) > 0) return Number.NaN;
    const nth = this.#learntSegmentMs > 0 ? 0 : ++this.#untold;
    if (nth > 0 && (nth & (nth - 1)) === 0) this.#learntSegmentMs = this.#segments.lengthMs(request.path);
    return this.#learntSegmentMs;
  }

  #tellSilentFailures(): void {
    const { dimensions } = this.viewer;
    for (const failure of this.#silent.take()) {
      const draft = silentDraft(failure);
      this.#desk.tell(draft, failure.decision ?? this.#desk.judge(draft, dimensions), failure.evidence, dimensions);
    }
  }
}
