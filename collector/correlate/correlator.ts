import { cloneReport } from '../model/clone-report.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { RequestReport } from '../model/request.ts';
import type { CutReason } from '../model/session.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import type { CorrelatorCounts } from './correlator-counts.ts';
import { LiveSession, type SessionContext } from './live-session.ts';
import type { OpenSession } from './open-session.ts';
import { RowStore } from './rows/row-store.ts';
import { SettledRequests } from './rows/settled-requests.ts';
import { ClosedSessions } from './sessions/closed-sessions.ts';
import { DueWheel } from './sessions/due-wheel.ts';
import { DuplicateFilter } from './sessions/duplicate-filter.ts';
import { SessionFinder } from './sessions/session-finder.ts';
import { SessionRows, type Settle } from './sessions/session-rows.ts';
import { SessionSlots } from './sessions/session-slots.ts';

/** What the partitions share. Whatever is learnt in one is known in all. */
export type CorrelatorContext = Omit<SessionContext, 'requests'>;

const NONE = -1;
/** Sessions looked at to find an idle one. */
const EVICTION_SAMPLE = 64;
/** A session's halves are joined again at most this often while new ones come. */
const SETTLE_EVERY_MS = 2_000;

/**
 * The sessions of one partition. One caller, no locks, no clock: time is what the caller says it is.
 * HOT PATH: `report` runs once per log line and allocates only what a new session needs.
 */
export class Correlator {
  readonly counts: CorrelatorCounts = { evictedSessions: 0, eventLimitCuts: 0 };
  readonly #context: SessionContext;
  readonly #patienceMs: ReadonlyMap<string, number>;
  readonly #finder: SessionFinder;
  readonly #rows: SessionRows;
  /** Reports taken in lately. */
  readonly seen: DuplicateFilter;
  readonly closed: ClosedSessions;
  #wheel = new DueWheel();
  readonly #sessions: (LiveSession | undefined)[] = [];
  readonly #slots = new SessionSlots();
  #nowMs: UnixMs = 0;
  /** Where the search for something to give up stopped last. */
  #hand = 0;

  /** `patienceMs`: how late the latest source of a tenant may be; which of them tell of a session shows too late. */
  constructor(context: CorrelatorContext, patienceMs: ReadonlyMap<string, number>) {
    const rows = new RowStore();
    this.#context = { ...context, requests: new SettledRequests(rows) };
    this.#patienceMs = patienceMs;
    const { maxSessions, maxRows } = context.settings;
    this.#finder = new SessionFinder(maxSessions);
    this.#rows = new SessionRows(rows, maxRows, this.#slots);
    this.seen = new DuplicateFilter();
    this.closed = new ClosedSessions(1 << 17);
  }

  get liveSessions(): number {
    return this.#finder.size;
  }

  get waitingRows(): number {
    return this.#rows.size;
  }

  /** Newest activity first is the caller's business; this walks every open session once. */
  *sessions(): Generator<OpenSession> {
    for (let slot = 0; slot < this.#finder.slots; slot++) {
      const session = this.#sessions[slot];
      if (!session) continue;
      const lastMs = this.#slots.lastMs(slot);
      yield {
        session,
        lastMs,
        changedMs: this.#slots.changedMs(slot),
        lastMediaMs: this.#slots.lastMediaMs(slot),
        segmentMs: this.#slots.segmentMs(slot) || undefined,
        latenessMs: this.#slots.seenLatenessMs(slot),
      };
    }
  }

  /**
   * One half whose session is known. A player half is copied too, so the caller's report may be used again.
   * `isInferred`: the sid was derived, no party wrote it. Returns false for a duplicate.
   */
  report(report: RequestReport, sid: string, isInferred: boolean, nowMs: UnixMs): boolean {
    if (!this.seen.add(report.uidHigh, report.uidLow)) {
      this.#context.output.duplicate(report.source);
      return false;
    }
    this.#nowMs = nowMs;
    const { source, cmcd } = report;
    if (source.tier !== 'player') this.#context.output.delivery(report);
    const slot = this.#slotOf(source, sid, cmcd.sid === sid ? cmcd.sidHint : NONE, isInferred);
    this.#slots.touch(slot, nowMs);
    const hasWaited = isInferred || report.sessionJoin === 'device+url+time';
    this.#observeLateness(slot, source, hasWaited, report.precisionMs);
    if (source.tier === 'player') {
      const session = this.#sessions[slot] as LiveSession;
      session.addPlayerHalf(cloneReport(report));
      if (session.pending > this.#context.settings.maxEventsPerSession)
        this.#settle(slot, Number.POSITIVE_INFINITY, 'event_limit');
    } else this.#append(slot, report);
    this.#wheel.schedule(slot, nowMs + this.#slots.latenessMs(slot) + SETTLE_EVERY_MS);
    return true;
  }

  /** A session with this id or trace id is open. */
  knows(tenant: string, id: string): boolean {
    return this.#finder.find(tenant, id, NONE) !== NONE;
  }

  /** One player event. */
  event(event: PlayerEvent, nowMs: UnixMs): void {
    this.#nowMs = nowMs;
    const slot = this.#slotOf(event.source, event.sid, NONE, false);
    const session = this.#sessions[slot] as LiveSession;
    session.addEvent(event);
    this.#slots.touch(slot, nowMs);
    this.#observeLateness(slot, event.source, false, 0);
    if (session.pending > this.#context.settings.maxEventsPerSession)
      this.#settle(slot, Number.POSITIVE_INFINITY, 'event_limit');
    this.#wheel.schedule(slot, nowMs + this.#context.settings.reorderMs);
  }

  /** A server half that belongs to no session; `isExpected` for what never could, such as a preflight. */
  sessionless(report: RequestReport, isExpected: boolean): void {
    if (!this.seen.add(report.uidHigh, report.uidLow)) {
      this.#context.output.duplicate(report.source);
      return;
    }
    const { output } = this.#context;
    output.delivery(report);
    output.sessionless?.(report);
    if (!isExpected) output.unjoined(report);
  }

  /** Time has passed: settles and closes what is due. */
  tick(nowMs: UnixMs): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    for (const slot of this.#wheel.take(this.#nowMs)) if (this.#sessions[slot]) this.#attend(slot);
  }

  /** Closes the sessions that are meant as if they were given up, so that nothing of them is left here. */
  closeThose(isMeant: (session: LiveSession) => boolean): readonly LiveSession[] {
    const closed: LiveSession[] = [];
    for (let slot = 0; slot < this.#finder.slots; slot++) {
      const session = this.#sessions[slot];
      if (!session || !isMeant(session)) continue;
      this.#finish(slot, 'evicted');
      closed.push(session);
    }
    return closed;
  }

  /** Everything that will ever come is in: settles and closes every session, one at each step. */
  *drain(cut: CutReason): Generator<void> {
    for (let slot = 0; slot < this.#finder.slots; slot++) {
      if (!this.#sessions[slot]) continue;
      this.#settle(slot, Number.POSITIVE_INFINITY, null);
      this.#close(slot, (this.#sessions[slot] as LiveSession).current?.signs.hasEnded ? 'ended' : cut);
      yield;
    }
  }

  /** Nothing is open, and the time it is told next may be earlier than it was. */
  startOver(): void {
    this.#wheel = new DueWheel();
    this.#nowMs = 0;
  }

  #attend(slot: number): void {
    const session = this.#sessions[slot] as LiveSession;
    const { settings } = this.#context;
    const latenessMs = this.#slots.latenessMs(slot);
    const lastMs = this.#slots.lastMs(slot);
    session.release(this.#nowMs - settings.reorderMs);
    this.#settle(slot, this.#nowMs - latenessMs, null);
    const quietMs = this.#nowMs - lastMs;
    const current = session.current;
    // The end was reported and whatever its logs had to say has had time to arrive.
    if (current?.signs.hasEnded && quietMs > latenessMs + settings.reorderMs) {
      this.#finish(slot, 'ended');
      return;
    }
    const patienceMs = current?.state === 'paused' ? settings.pausedCloseMs : settings.idleCloseMs;
    if (quietMs >= Math.max(patienceMs, latenessMs)) {
      this.#finish(slot, 'idle');
      return;
    }
    const isWaiting = this.#slots.count(slot) > 0 || session.pending > 0 || current?.isWaiting === true;
    const restMs = isWaiting
      ? Math.max(SETTLE_EVERY_MS, session.isUrgent ? latenessMs / 4 : latenessMs)
      : patienceMs - quietMs;
    const endMs = current?.signs.hasEnded
      ? latenessMs + settings.reorderMs + 1_000 - quietMs
      : Number.POSITIVE_INFINITY;
    this.#wheel.schedule(slot, this.#nowMs + Math.max(1_000, Math.min(restMs, endMs)));
  }

  #finish(slot: number, cut: CutReason): void {
    (this.#sessions[slot] as LiveSession).release(Number.POSITIVE_INFINITY);
    this.#settle(slot, Number.POSITIVE_INFINITY, null);
    this.#close(slot, cut);
  }

  #close(slot: number, cut: CutReason): void {
    const session = this.#sessions[slot] as LiveSession;
    session.close(cut);
    const { key } = this.#finder;
    key.set(session.tenant, session.sid);
    this.closed.add(session.tenant, key);
    this.#sessions[slot] = undefined;
    this.#wheel.cancel(slot);
    this.#finder.remove(slot);
  }

  /** Joins and steps what ended before `horizonMs`; rows that must wait stay in the session's list. */
  #settle(slot: number, horizonMs: UnixMs, cut: CutReason | null): void {
    const session = this.#sessions[slot] as LiveSession;
    if (horizonMs === Number.POSITIVE_INFINITY) session.release(horizonMs);
    if (cut === 'event_limit') this.counts.eventLimitCuts++;
    if (!this.#rows.isRipe(slot, horizonMs) && session.pending === 0 && session.current?.isWaiting !== true) return;
    this.#slots.change(slot, this.#nowMs);
    if (this.#slots.hasPartners(slot) || session.hasPlayerHalves) {
      const settle: Settle = (reports) => session.settle(reports, horizonMs);
      this.#rows.take(slot, session.sid, settle);
    } else {
      const { ripe, heldBackMs } = this.#rows.takeRipe(slot, session.sid, horizonMs);
      session.settleAlone(ripe, Math.min(horizonMs, heldBackMs));
      this.#rows.giveBack(ripe, session.held());
    }
  }

  #append(slot: number, report: RequestReport): void {
    if (this.#slots.count(slot) >= this.#context.settings.maxEventsPerSession) {
      this.#settle(slot, Number.POSITIVE_INFINITY, 'event_limit');
    }
    this.#makeRoom();
    if (!this.#slots.isSeen(slot) && report.client && report.source.tier !== 'origin') {
      this.#slots.see(slot);
      const session = this.#sessions[slot] as LiveSession;
      session.client = report.client;
      session.referrer = report.referrer;
    }
    this.#rows.append(slot, report);
  }

  #slotOf(source: Source, sid: string, hint: number, isInferred: boolean): number {
    const { tenant } = source;
    const found = this.#finder.find(tenant, sid, hint);
    if (found !== NONE) return found;
    if (this.#finder.size >= this.#context.settings.maxSessions) {
      this.#evict();
      this.#finder.find(tenant, sid, hint);
    }
    const { key } = this.#finder;
    const slot = this.#finder.add(tenant, sid);
    const isLate = this.closed.has(tenant, key);
    // Its lines wait for a name before they come here, those of the latest source as well.
    this.#slots.open(slot, (this.#patienceMs.get(tenant) ?? 0) * (isInferred ? 2 : 1), isLate);
    this.#sessions[slot] = new LiveSession(tenant, sid, key.hex(), { isInferred, isLate }, this.#context);
    return slot;
  }

  /** Closes the session idle longest of a few looked at in turn. */
  #evict(): void {
    let idle = NONE;
    for (let looked = 0; looked < EVICTION_SAMPLE || idle === NONE; looked++) {
      this.#hand = (this.#hand + 1) % this.#finder.slots;
      if (!this.#sessions[this.#hand]) continue;
      if (idle === NONE || this.#slots.lastMs(this.#hand) < this.#slots.lastMs(idle)) idle = this.#hand;
    }
    this.counts.evictedSessions++;
    this.#finish(idle, 'evicted');
  }

  /** Settles whichever sessions have rows, until there is room for one more. */
  #makeRoom(): void {
    while (this.#rows.isFull) {
      this.#hand = (this.#hand + 1) % this.#finder.slots;
      if (this.#sessions[this.#hand] && this.#slots.count(this.#hand) > 0) {
        this.#settle(this.#hand, Number.POSITIVE_INFINITY, 'event_limit');
      }
    }
  }

  /** Lines resolved by waiting come twice as late. */
  #observeLateness(slot: number, source: Source, hasWaited: boolean, precisionMs: number): void {
    if (this.#slots.isLate(slot)) this.#context.output.late(source);
    const allowedMs = Math.min(source.latenessMs, this.#context.settings.settleMs) * (hasWaited ? 2 : 1);
    // A log that writes whole seconds ends a request up to one before the lines of the others do.
    this.#slots.seeLateness(slot, allowedMs + precisionMs);
  }
}
