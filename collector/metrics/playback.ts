import type { Incident, StallKind } from '../model/incident.ts';
import type { PlaybackDelta, RenditionSwitch } from '../model/output.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { CutReason, QoeNumbers, SessionRef, SessionSummary, ViewerDimensions } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import { experienceScore, SCORE_VERSION } from './experience-score.ts';
import type { Families } from './families.ts';
import type { HistogramFamily, ValueFamily } from './family.ts';
import type { LabelSpace } from './label-space.ts';
import {
  CUT,
  DIRECTION,
  ERROR_CLASS,
  FATAL,
  INCIDENT_KIND,
  OUTCOME,
  PRECISION,
  SCORE_FORMULA,
  STALL_KIND,
  VERDICT,
  VISIBILITY,
} from './labels.ts';
import type { LatestTime } from './latest-time.ts';

const MIN_STALL_MS = 250;
const QUICK_EXIT_MS = 1_000;
const MAX_LIVE_LATENCY_MS = 10 * 60_000;

/** What viewers experienced: sums of windows and counts of transitions, by viewer dimensions. */
export class PlaybackMetrics {
  readonly #space: LabelSpace;
  readonly #time: LatestTime;
  readonly #started: ValueFamily;
  readonly #attempts: ValueFamily;
  readonly #ended: ValueFamily;
  readonly #quickExits: ValueFamily;
  readonly #visibility: ValueFamily;
  readonly #cuts: ValueFamily;
  readonly #startup: HistogramFamily;
  readonly #playing: ValueFamily;
  readonly #seeking: ValueFamily;
  readonly #paused: ValueFamily;
  readonly #watched: ValueFamily;
  readonly #stalled: ValueFamily;
  readonly #stalls: ValueFamily;
  readonly #flaggedStalls: ValueFamily;
  readonly #seek: HistogramFamily;
  readonly #errors: ValueFamily;
  readonly #startFailures: ValueFamily;
  readonly #incidents: ValueFamily;
  readonly #bits: ValueFamily;
  readonly #mediaSeconds: ValueFamily;
  readonly #switches: ValueFamily;
  readonly #switchDelay: HistogramFamily;
  readonly #score: HistogramFamily;
  readonly #latency: HistogramFamily;
  readonly #latencyClockErrors: ValueFamily;
  readonly #droppedFrames: ValueFamily;
  readonly #decodedFrames: ValueFamily;

  constructor(families: Families, time: LatestTime) {
    this.#space = families.space;
    this.#time = time;
    this.#started = families.counter('playpath_sessions_started_total');
    this.#attempts = families.counter('playpath_attempts_total');
    this.#ended = families.counter('playpath_sessions_ended_total');
    this.#quickExits = families.counter('playpath_quick_exits_total');
    this.#visibility = families.counter('playpath_sessions_by_visibility_total');
    this.#cuts = families.counter('playpath_session_cuts_total');
    this.#startup = families.histogram('playpath_startup_seconds');
    this.#playing = families.counter('playpath_playing_seconds_total');
    this.#seeking = families.counter('playpath_seeking_seconds_total');
    this.#paused = families.counter('playpath_paused_seconds_total');
    this.#watched = families.counter('playpath_watched_seconds_total');
    this.#stalled = families.counter('playpath_stalled_seconds_total');
    this.#stalls = families.counter('playpath_stalls_total');
    this.#flaggedStalls = families.counter('playpath_flagged_stalls_total');
    this.#seek = families.histogram('playpath_seek_seconds');
    this.#errors = families.counter('playpath_playback_errors_total');
    this.#startFailures = families.counter('playpath_start_failures_total');
    this.#incidents = families.counter('playpath_incidents_total');
    this.#bits = families.counter('playpath_rendered_bits_total');
    this.#mediaSeconds = families.counter('playpath_rendered_media_seconds_total');
    this.#switches = families.counter('playpath_rendition_switches_total');
    this.#switchDelay = families.histogram('playpath_rendition_switch_seconds');
    this.#score = families.histogram('playpath_experience_score');
    this.#latency = families.histogram('playpath_live_latency_seconds');
    this.#latencyClockErrors = families.counter('playpath_live_latency_clock_errors_total');
    this.#droppedFrames = families.counter('playpath_dropped_frames_total');
    this.#decodedFrames = families.counter('playpath_decoded_frames_total');
  }

  sessionStarted(dimensions: ViewerDimensions): void {
    this.#started.add(this.#space.viewer(dimensions), 1);
  }

  startup(session: SessionRef, dimensions: ViewerDimensions, startupMs: number): void {
    if (!(startupMs >= 0)) return;
    this.#observe(this.#startup, this.#space.viewer(dimensions), session, startupMs / 1000);
  }

  seek(session: SessionRef, dimensions: ViewerDimensions, seekMs: number): void {
    if (!(seekMs >= 0)) return;
    this.#observe(this.#seek, this.#space.viewer(dimensions), session, seekMs / 1000);
  }

  renditionSwitch(session: SessionRef, dimensions: ViewerDimensions, change: RenditionSwitch): void {
    const delayMs = change.appliedMs - change.requestedMs;
    if (!(delayMs >= 0)) return;
    const direction = this.#space.column(DIRECTION).id(change.direction);
    const key = this.#switchDelay.layout.key(direction, this.#space.viewer(dimensions));
    this.#observe(this.#switchDelay, key, session, delayMs / 1000);
  }

  liveLatency(session: SessionRef, dimensions: ViewerDimensions, latencyMs: number): void {
    if (Number.isNaN(latencyMs)) return;
    const viewer = this.#space.viewer(dimensions);
    if (latencyMs < 0 || latencyMs > MAX_LIVE_LATENCY_MS) this.#latencyClockErrors.add(viewer, 1);
    else this.#observe(this.#latency, viewer, session, latencyMs / 1000);
  }

  playback(dimensions: ViewerDimensions, delta: PlaybackDelta): void {
    const viewer = this.#space.viewer(dimensions);
    add(this.#playing, viewer, delta.playingMs / 1000);
    add(this.#seeking, viewer, delta.seekingMs / 1000);
    add(this.#paused, viewer, delta.pausedMs / 1000);
    add(this.#watched, viewer, (delta.playingMs + delta.seekingMs) / 1000);
    add(this.#bits, viewer, delta.renderedKbit * 1000);
    add(this.#mediaSeconds, viewer, delta.renderedMediaSeconds);
    add(this.#droppedFrames, viewer, delta.droppedFrames);
    add(this.#decodedFrames, viewer, delta.decodedFrames);
    const direction = this.#space.column(DIRECTION);
    add(this.#switches, this.#switches.layout.key(direction.id('up'), viewer), delta.switchesUp);
    add(this.#switches, this.#switches.layout.key(direction.id('down'), viewer), delta.switchesDown);
  }

  playbackError(session: SessionRef, dimensions: ViewerDimensions, event: PlayerEvent): void {
    const errorClass = this.#space.column(ERROR_CLASS).id(event.errorClass ?? 'technical');
    const fatal = this.#space.column(FATAL).id(event.isFatal === true ? 'true' : 'false');
    const key = this.#errors.layout.key(errorClass, fatal, this.#space.viewer(dimensions));
    this.#errors.add(key, 1);
    this.#errors.exemplify(key, session.traceId, 1, this.#time.latestMs);
  }

  incident(session: SessionRef, dimensions: ViewerDimensions, incident: Incident): void {
    const viewer = this.#space.viewer(dimensions);
    const verdict = this.#space.column(VERDICT).id(incident.verdict);
    const kind = this.#space.column(INCIDENT_KIND).id(incident.kind);
    const key = this.#incidents.layout.key(kind, verdict, viewer);
    this.#incidents.add(key, 1);
    this.#incidents.exemplify(key, session.traceId, 1, this.#time.latestMs);
    if (incident.kind === 'stall') this.#stall(session, incident, verdict, viewer);
    if (incident.kind === 'startup_failure') {
      const errorClass = this.#space.column(ERROR_CLASS).id(incident.errorClass ?? 'technical');
      const failureKey = this.#startFailures.layout.key(errorClass, viewer);
      this.#startFailures.add(failureKey, 1);
      this.#startFailures.exemplify(failureKey, session.traceId, 1, this.#time.latestMs);
    }
  }

  sessionClosed(summary: SessionSummary, incidents: readonly Incident[], cut: CutReason): void {
    this.#cuts.add(this.#space.column(CUT).id(cut), 1);
    if (!isEnd(cut)) return;
    const viewer = this.#space.viewer(summary.dimensions);
    this.#shortStalls(summary.qoe, incidents, viewer);
    const outcome = this.#space.column(OUTCOME).id(summary.outcome);
    this.#ended.add(this.#ended.layout.key(outcome, viewer), 1);
    const visibility = this.#space.column(VISIBILITY).id(summary.visibility);
    this.#visibility.add(this.#visibility.layout.key(visibility, viewer), 1);
    if (summary.outcome === 'in_progress') return;
    this.#attempts.add(viewer, 1);
    if (summary.outcome === 'exit_before_start' && lengthMs(summary) < QUICK_EXIT_MS) this.#quickExits.add(viewer, 1);
    const score = experienceScore(summary, incidents);
    const formula = this.#space.column(SCORE_FORMULA).id(SCORE_VERSION);
    if (score >= 0) this.#observe(this.#score, this.#score.layout.key(formula, viewer), summary, score);
  }

  #stall(session: SessionRef, incident: Incident, verdict: number, viewer: number): void {
    if (incident.precision === 'flag' && incident.stalledMs === 0) {
      const flag = this.#space.column(PRECISION).id('flag');
      this.#flaggedStalls.add(this.#flaggedStalls.layout.key(flag, viewer), 1);
      return;
    }
    const stalledMs = stalledMsOf(incident);
    const key = this.#addStalled(incident.stallKind ?? 'connection', verdict, viewer, stalledMs);
    if (!(stalledMs >= MIN_STALL_MS)) return;
    this.#stalls.add(key, 1);
    this.#stalls.exemplify(key, session.traceId, 1, this.#time.latestMs);
  }

  /** Interruptions too short to be incidents are part of the stalled time: what the stalls leave of the total. */
  #shortStalls(qoe: QoeNumbers, incidents: readonly Incident[], viewer: number): void {
    let restMs = qoe.stalledMs;
    let seekRestMs = qoe.seekStalledMs;
    for (const incident of incidents) {
      if (incident.kind !== 'stall') continue;
      if (incident.stallKind === 'seek') seekRestMs -= stalledMsOf(incident);
      else restMs -= stalledMsOf(incident);
    }
    this.#addShort('connection', viewer, restMs);
    this.#addShort('seek', viewer, seekRestMs);
  }

  #addShort(kind: StallKind, viewer: number, restMs: number): void {
    // Less than a microsecond is the rounding of sums, not an interruption.
    if (restMs >= 1e-3) this.#addStalled(kind, this.#space.column(VERDICT).id('unknown'), viewer, restMs);
  }

  #addStalled(stallKind: StallKind, verdict: number, viewer: number, stalledMs: number): number {
    const key = this.#stalled.layout.key(this.#space.column(STALL_KIND).id(stallKind), verdict, viewer);
    add(this.#stalled, key, stalledMs / 1000);
    add(this.#watched, viewer, stalledMs / 1000);
    return key;
  }

  #observe(family: HistogramFamily, key: number, session: SessionRef, value: number): void {
    family.observe(key, value, 1);
    family.exemplify(key, session.traceId, value, this.#time.latestMs);
  }
}

/** Counters only go up: what is absent (NaN), nothing or negative adds no series and no amount. */
function add(family: ValueFamily, key: number, amount: number): void {
  if (amount > 0) family.add(key, amount);
}

/** A window cut on the grid or at the event limit goes on. */
function isEnd(cut: CutReason): boolean {
  return cut !== 'grid' && cut !== 'event_limit';
}

/** Time the stall clock ran; the clock stops in pauses and in the background, so it may be less than the interval. */
function stalledMsOf(stall: Incident): number {
  return stall.stalledMs ?? lengthMs(stall);
}

function lengthMs(span: { readonly beginMs: UnixMs; readonly endMs: UnixMs }): number {
  return span.endMs - span.beginMs;
}
