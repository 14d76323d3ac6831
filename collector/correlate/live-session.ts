import type { Client } from '../model/client.ts';
import { continuedTraceId } from '../model/ids.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { RequestReport } from '../model/request.ts';
import type { CutReason, SessionRef } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import { ChapterLane } from './chapters.ts';
import { AnsweringCdn } from './join/answering-cdn.ts';
import type { CdnHosts } from './join/cdn-hosts.ts';
import { ClockOffset } from './join/clock-offset.ts';
import { groupedRequest } from './join/joined.ts';
import type { LoneRequest } from './join/lone-request.ts';
import { MessageDates } from './join/message-dates.ts';
import type { Group } from './join/request-group.ts';
import { boundClock, joinRequests } from './join/request-join.ts';
import { inPlayerOrder, inRequestOrder, isSameEvent, placeOf } from './join/step-order.ts';
import { Playback, type PlaybackContext } from './playback.ts';

/** A sid reused more often than this keeps adding to its last playback. */
const PLAYBACK_LIMIT = 64;

/** What every session of a partition shares. */
export type SessionContext = PlaybackContext & {
  readonly cdnHosts: CdnHosts;
  /** Where in its log the event is that is being taken in, for callers that read one. */
  readonly position?: { readonly offset: number };
};

/** Everything that carries one sid: usually one playback, more when a player reuses its session id. */
export class LiveSession {
  readonly tenant: string;
  readonly sid: string;
  readonly traceId: string;
  readonly isInferred: boolean;
  /** Player's clock against the servers', common to all playbacks of the sid. */
  readonly clock = new ClockOffset();
  /** Offset of the event that opened it; 0 without a log. */
  readonly openedAt: number;
  /** The session was closed before; what comes now adds spans and counts, not a session. */
  readonly isLate: boolean;
  /** First client that any report of the session showed. */
  client: Client | null = null;
  /** The page that its first line named. */
  referrer = '';
  readonly #context: SessionContext;
  readonly #playbacks = new Map<string, Playback>();
  readonly #cdns = new AnsweringCdn();
  readonly #requestLane = new ChapterLane();
  /** One lane per sender: a hook and a CMCD target count each for themselves. */
  #eventLanes: Map<number, ChapterLane> | null = null;
  #current: Playback | null = null;
  #currentContentId = '';
  #currentOrdinal = -1;
  #events: PlayerEvent[] = [];
  readonly #dates = new MessageDates();
  #playerHalves: RequestReport[] = [];
  readonly #held = new Set<JoinedRequest>();

  constructor(
    tenant: string,
    sid: string,
    traceId: string,
    marks: { readonly isInferred: boolean; readonly isLate: boolean },
    context: SessionContext,
  ) {
    this.tenant = tenant;
    this.sid = sid;
    this.traceId = traceId;
    this.isInferred = marks.isInferred;
    this.isLate = marks.isLate;
    this.openedAt = context.position?.offset ?? 0;
    this.#context = context;
  }

  get playbacks(): Iterable<Playback> {
    return this.#playbacks.values();
  }

  get current(): Playback | null {
    return this.#current;
  }

  /** What its players told and whose turn has not come. */
  get waitingEvents(): readonly PlayerEvent[] {
    return this.#events;
  }

  get hasPlayer(): boolean {
    return this.#events.length > 0 || this.#playerHalves.length > 0 || (this.#current?.hasPlayer ?? false);
  }

  /** Halves of the player wait for their partners. */
  get hasPlayerHalves(): boolean {
    return this.#playerHalves.length > 0;
  }

  /** What waits: player events and player halves. */
  get pending(): number {
    return this.#events.length + this.#playerHalves.length;
  }

  addEvent(event: PlayerEvent): void {
    const tsMs = this.#dates.dated(event.tsMs, event.receivedMs);
    this.clock.addMessage(tsMs, event.receivedMs);
    this.#dates.add(tsMs, event.receivedMs);
    this.#events.push(tsMs === event.tsMs ? event : { ...event, tsMs });
  }

  /** `report` is kept: the caller gives it up. */
  addPlayerHalf(report: RequestReport): void {
    report.startMs = this.#dates.dated(report.startMs, report.receivedMs);
    this.clock.addMessage(report.startMs, report.receivedMs);
    this.#playerHalves.push(report);
  }

  /**
   * Steps the player events of before `nowMs`, in the player's order. What an event's time is on our clock, the
   * fastest message tells: the others took longer, or waited for their batch.
   */
  release(nowMs: UnixMs): void {
    if (this.#events.length === 0) return;
    const untilMs = nowMs - this.#dates.transitMs;
    const ready = this.#events.filter((event) => event.tsMs <= untilMs);
    if (ready.length === 0) return;
    this.#events = this.#events.filter((event) => event.tsMs > untilMs);
    ready.sort(inPlayerOrder);
    const steps: { readonly playback: Playback; readonly event: PlayerEvent }[] = [];
    let previous: PlayerEvent | null = null;
    for (const event of ready) {
      if (previous && isSameEvent(previous, event)) continue;
      previous = event;
      const mayRestart = event.state === 'starting' || event.state === 'preloading' || event.name === 'heartbeat';
      const lane = this.#eventLane(event.source.index);
      lane.next(event.contentId ?? '', event.seq ?? Number.NaN, event.tsMs, mayRestart);
      const playback = this.#playback(lane.contentId, lane.ordinal);
      playback.viewer.event(event);
      playback.viewer.seen(this.client, this.referrer);
      steps.push({ playback, event });
    }
    // Whatever is known of the viewer is known before the first number is told under it.
    for (const { playback } of steps) playback.viewer.freeze(this.#events);
    for (const { playback, event } of steps) playback.event(event);
    for (const playback of new Set(steps.map((step) => step.playback))) playback.count();
  }

  /** Somebody waits for what is found: a player reports, or an incident lacks its evidence. */
  get isUrgent(): boolean {
    return this.hasPlayer || this.#current?.isWaiting === true;
  }

  /**
   * Steps requests whose edge half nothing can join any more. `frontierMs`: every half that ended before is among them
   * or among those of an earlier call. HOT PATH: most sessions are known from edge lines only.
   */
  settleAlone(requests: LoneRequest[], frontierMs: UnixMs): void {
    if (requests.length > 1) requests.sort(inRequestOrder);
    // All of them tell of their viewer before the first number is told under what they say.
    const playbacks: Playback[] = [];
    for (const request of requests) {
      const { report } = request.edge;
      this.#learnHost(report);
      const playback = this.#playbackOf(report, null);
      request.traceId = playback.session.traceId;
      playbacks.push(playback);
    }
    for (const playback of playbacks) playback.viewer.freeze(this.#events);
    for (let i = 0; i < playbacks.length; i++) (playbacks[i] as Playback).request(requests[i] as LoneRequest);
    for (const playback of this.#playbacks.values()) playback.settle(frontierMs);
  }

  /**
   * Joins `servers` with the player halves at hand and steps, in order of their begin, the requests that ended
   * before `nowMs`. Returns the server halves that have to wait for the next call.
   */
  settle(servers: readonly RequestReport[], nowMs: UnixMs): ReadonlySet<RequestReport> {
    const edge = servers.filter((report) => report.source.tier === 'edge');
    const shield = servers.filter((report) => report.source.tier === 'shield');
    const origin = servers.filter((report) => report.source.tier === 'origin');
    for (const report of edge) this.#learnHost(report);
    const trial = this.clock.copy();
    const groups = joinRequests({ player: this.#playerHalves, edge, shield, origin }, trial);
    const trialMs = trial.offsetMs;
    const ordered = groups.map((group) => ({ group, ...placeOf(group, trialMs) }));
    ordered.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs || a.tie - b.tie);
    const waiting = new Set<RequestReport>();
    const playersWaiting: RequestReport[] = [];
    const steps: { readonly playback: Playback; readonly group: Group }[] = [];
    let isOpen = false;
    // Everything that ended before this has been told.
    let frontierMs = nowMs;
    for (const { group, endMs } of ordered) {
      // Requests are told in order of their begin, so the first that is not over holds back those behind it.
      isOpen ||= endMs > nowMs;
      if (!isOpen) {
        boundClock(group, this.clock);
        this.#learnId(group);
        const named = (group.edge ?? group.player ?? group.shield ?? group.origin) as RequestReport;
        steps.push({ playback: this.#playbackOf(named, group.player), group });
      } else {
        frontierMs = Math.min(frontierMs, endMs);
        for (const half of [group.edge, group.shield, group.origin]) if (half) waiting.add(half);
        if (group.player) playersWaiting.push(group.player);
      }
    }
    this.#playerHalves = playersWaiting;
    const { cdnHosts } = this.#context;
    const { offsetMs } = this.clock;
    for (const { playback } of steps) playback.viewer.freeze(this.#events);
    for (const { playback, group } of steps) {
      const cdn = this.#cdns.of(group, cdnHosts.of(this.tenant));
      playback.request(groupedRequest(group, playback.session.traceId, offsetMs, cdn));
    }
    for (const playback of this.#playbacks.values()) playback.settle(frontierMs);
    return waiting;
  }

  /** Requests that its timelines still look at: those they wait on. */
  held(): ReadonlySet<JoinedRequest> {
    this.#held.clear();
    for (const playback of this.#playbacks.values()) playback.holdInto(this.#held);
    return this.#held;
  }

  /** Ends every playback; what waits must have been released and settled. */
  close(cut: CutReason): void {
    for (const playback of this.#playbacks.values()) playback.close(cut);
    this.#playbacks.clear();
  }

  /** The playback a request belongs to, told what the request shows of its viewer; `named` by its best half. */
  #playbackOf(named: RequestReport, player: RequestReport | null): Playback {
    const counter = player?.cmcd.event === 'rr' ? Number.NaN : named.cmcd.sn;
    const contentId = named.cmcd.cid || (player?.cmcd.cid ?? '');
    const lane = this.#requestLane;
    lane.next(contentId, counter, named.startMs, named.objectType === 'manifest');
    const playback = this.#playback(lane.contentId, lane.ordinal);
    playback.viewer.report(named);
    if (player && player !== named) playback.viewer.report(player);
    playback.viewer.seen(this.client, this.referrer);
    return playback;
  }

  #playback(contentId: string, ordinal: number): Playback {
    if (this.#current && ordinal === this.#currentOrdinal && contentId === this.#currentContentId) return this.#current;
    const key = `${ordinal} ${contentId}`;
    const known = this.#playbacks.get(key);
    if (known) return this.#goOn(known, contentId, ordinal);
    // What came before the content was named belongs to the first content that is.
    const unnamed = contentId !== '' && ordinal === 0 ? this.#playbacks.get('0 ') : undefined;
    if (unnamed) {
      this.#playbacks.delete('0 ');
      this.#playbacks.set(key, unnamed);
      return unnamed;
    }
    const isFirst = this.#playbacks.size === 0;
    if (contentId === '' && this.#current) return this.#current;
    if (this.#playbacks.size >= PLAYBACK_LIMIT && this.#current) return this.#current;
    const session: SessionRef = {
      tenant: this.tenant,
      sessionId: this.sid,
      traceId: isFirst ? this.traceId : continuedTraceId(this.tenant, this.sid, contentId, ordinal),
      isInferred: this.isInferred,
    };
    const previousTraceId = isFirst ? '' : this.traceId;
    const playback = new Playback(session, previousTraceId, this.isLate, this.clock, this.#context);
    this.#playbacks.set(key, playback);
    return this.#goOn(playback, contentId, ordinal);
  }

  #goOn(playback: Playback, contentId: string, ordinal: number): Playback {
    this.#current = playback;
    this.#currentContentId = contentId;
    this.#currentOrdinal = ordinal;
    return playback;
  }

  #eventLane(sender: number): ChapterLane {
    this.#eventLanes ??= new Map();
    let lane = this.#eventLanes.get(sender);
    if (!lane) {
      lane = new ChapterLane();
      this.#eventLanes.set(sender, lane);
    }
    return lane;
  }

  #learnHost(report: RequestReport): void {
    this.#context.cdnHosts.learn(this.tenant, report.host, report.source.emitter);
  }

  #learnId({ edge, origin, originMethod }: Group): void {
    if (!edge || !origin || originMethod !== 'request_id') return;
    this.#context.cdnHosts.learnId(this.tenant, origin.parentRequestId, edge.source.emitter);
  }
}
