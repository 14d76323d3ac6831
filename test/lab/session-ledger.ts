import type { Verdict } from '../../collector/model/incident.ts';
import type { LostMs } from './blame.ts';
import type { CdnPath, SwitchTruth } from './cdn-path.ts';
import type { Exchange } from './exchange.ts';
import type { Playback } from './playback.ts';
import { qualityCollapses, type StepDown } from './quality-collapse.ts';
import type { SessionFacts } from './session-facts.ts';
import {
  countRequest,
  emptyTier,
  type FailoverTruth,
  type IncidentTruth,
  type SessionTruth,
  type SilentFailureTruth,
  type StallTruth,
} from './session-truth.ts';
import type { EdgeRecord } from './wire/edge-record.ts';

const MAX_SILENT_FAILURES = 200;
const MAX_STEPS = 500;
/** A failover is good when nothing fatal follows within this time (semantics section 4). */
const RECOVERY_MS = 60_000;

/** Writes down what happens to one session while it happens, and makes its truth when it is over. */
export class SessionLedger {
  readonly stalls: StallTruth[] = [];
  readonly steps: StepDown[] = [];
  readonly tiers = { edge: emptyTier(), shield: emptyTier(), origin: emptyTier() };
  readonly cdns = new Set<string>();
  playRequestedMs = Number.NaN;
  startupMs = Number.NaN;
  adMs = 0;
  seeks = 0;
  pauses = 0;
  downloads = 0;
  errorsTold = 0;
  postsMade = 0;
  postsDelivered = 0;
  /** When its last post left, and when its last segment had arrived; NaN before any. */
  lastToldMs = Number.NaN;
  lastSegmentMs = Number.NaN;
  /** Its player said that playback is over. */
  isOverTold = false;
  isSidSent = false;
  isTabClosed = false;
  fatal: { readonly atMs: number; readonly cause: Verdict; readonly lostMs: LostMs } | null = null;
  readonly #silent: SilentFailureTruth[] = [];

  /** An exchange is over; the line that says so is being written. */
  exchange(exchange: Exchange, record: EdgeRecord): void {
    const { answer, object, network, sentBytes, ending } = exchange;
    const cdn = network.spec.name;
    this.cdns.add(cdn);
    countRequest(this.tiers.edge, record.status, sentBytes);
    if (answer.shield !== null) countRequest(this.tiers.shield, answer.shield.status, answer.shield.bodyBytes);
    if (answer.origin !== null) countRequest(this.tiers.origin, answer.origin.status, answer.origin.bodyBytes);
    if (!this.isSidSent) this.isSidSent = exchange.query.includes('sid%3D');
    if (object.role === 'segment' && ending === 'ok') this.lastSegmentMs = exchange.endMs;
    if (this.#silent.length >= MAX_SILENT_FAILURES) return;
    const isLate = object.role === 'segment' && exchange.endMs - exchange.sentMs > object.durationMs;
    // What a player gave up later than it would have played had timed out for the viewer.
    const isTimeout = ending === 'timeout' || (ending === 'abandoned' && isLate);
    const kind = answer.status >= 500 ? '5xx' : isTimeout ? 'timeout' : ending === 'ok' && isLate ? 'slow' : null;
    if (kind !== null) this.#silent.push({ cdn, kind, atMs: exchange.sentMs, path: object.path });
  }

  stepDown(step: StepDown): void {
    if (this.steps.length < MAX_STEPS) this.steps.push(step);
  }

  /** The truth of a session that is over at `endMs`. */
  truth(
    facts: SessionFacts,
    tenant: string,
    playback: Playback,
    path: CdnPath,
    outcome: SessionTruth['outcome'],
    startMs: number,
    endMs: number,
  ): SessionTruth {
    const { viewer, content } = facts;
    const { spentMs } = playback;
    const seekStalledMs = sumOf(this.stalls, 'seek');
    const runs = playback.shown;
    return {
      serial: facts.serial,
      tenant,
      sid: facts.sid,
      isSidSent: this.isSidSent,
      key: `${viewer.address}\t${viewer.userAgent}\t${content.id}`,
      content: content.id,
      streamType: content.isLive ? 'live' : 'vod',
      player: facts.kind,
      device: viewer.deviceClass,
      country: viewer.country,
      network: viewer.network,
      site: viewer.site,
      cdns: [...this.cdns],
      hasSharedHost: path.isShared,
      startMs,
      endMs,
      playRequestedMs: orNull(this.playRequestedMs),
      startupMs: orNull(this.startupMs),
      preloadingMs: spentMs.preloading,
      startingMs: spentMs.starting,
      adMs: spentMs.ad,
      playingMs: spentMs.playing,
      stalledMs: spentMs.rebuffering - seekStalledMs,
      seekStalledMs,
      seekingMs: spentMs.seeking,
      pausedMs: spentMs.paused,
      stalls: this.stalls,
      seeks: this.seeks,
      downloads: this.downloads,
      pauses: this.pauses,
      switchesUp: countSteps(runs, 1),
      switchesDown: countSteps(runs, -1),
      renderedSeconds: playback.renderedSeconds,
      averageKbps: playback.renderedSeconds > 0 ? playback.renderedKbit / playback.renderedSeconds : null,
      cdnSwitches: path.switches,
      failovers: path.switches.filter((change) => change.hasBadSign).map((change) => this.#failover(change)),
      requests: this.tiers,
      outcome,
      fatal: this.fatal && { atMs: this.fatal.atMs, cause: this.fatal.cause },
      silentFailures: this.errorsTold > 0 ? [] : this.#silent,
      incidents: this.#incidents(playback, path, endMs),
      blocked: facts.isBlocked,
      isTabClosed: this.isTabClosed,
      postsMade: this.postsMade,
      postsDelivered: this.postsDelivered,
      clockSkewMs: facts.clockSkewMs,
    };
  }

  #failover(change: SwitchTruth): FailoverTruth {
    const failedMs = this.fatal?.atMs ?? Number.POSITIVE_INFINITY;
    return {
      from: change.from,
      to: change.to,
      atMs: change.atMs,
      reason: change.reason,
      recovered: failedMs - change.atMs > RECOVERY_MS,
      beginMs: change.beginMs,
      endMs: orNull(change.endMs),
      isSilent: change.isSilent,
    };
  }

  #incidents(playback: Playback, path: CdnPath, endMs: number): readonly IncidentTruth[] {
    const found: IncidentTruth[] = this.stalls.map(({ beginMs, endMs: stallEndMs, cause, lostMs }) => ({
      kind: 'stall',
      beginMs,
      endMs: stallEndMs,
      cause,
      lostMs,
    }));
    found.push(...qualityCollapses(playback.shown, this.steps));
    for (const change of path.switches) {
      if (!change.hasBadSign) continue;
      const overMs = Number.isNaN(change.endMs) ? endMs : change.endMs;
      found.push({ kind: 'failover', beginMs: change.beginMs, endMs: overMs, cause: change.cause, lostMs: {} });
    }
    if (this.fatal !== null) {
      const { atMs, cause, lostMs } = this.fatal;
      const isStartup = Number.isNaN(this.startupMs);
      const beginMs = isStartup && !Number.isNaN(this.playRequestedMs) ? this.playRequestedMs : atMs;
      found.push({ kind: isStartup ? 'startup_failure' : 'playback_failure', beginMs, endMs: atMs, cause, lostMs });
    }
    return found.sort((a, b) => a.beginMs - b.beginMs);
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function sumOf(stalls: readonly StallTruth[], kind: StallTruth['kind']): number {
  return stalls.reduce((sum, stall) => sum + (stall.kind === kind ? stall.endMs - stall.beginMs : 0), 0);
}

function countSteps(runs: Playback['shown'], direction: 1 | -1): number {
  return runs.filter((run, i) => i > 0 && Math.sign(run.kbps - (runs[i - 1]?.kbps ?? run.kbps)) === direction).length;
}
