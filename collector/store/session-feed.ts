import type { AudienceCounts, AudienceExclusion, AudienceWindow } from '../model/audience.ts';
import type { Incident } from '../model/incident.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { SessionRef, SessionSummary } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import type { Catalogue } from './catalogue.ts';
import { SESSION_COLUMNS, type SessionAudience, type SessionFacts } from './session-columns.ts';
import { WatchedRuns } from './watched-runs.ts';

export type SessionFeedOptions = {
  /** Takes one row as the text of a JSON array. */
  readonly add: (line: string) => 'queued' | 'dropped';
  /** Which 24 hours the audience rules count by. */
  readonly window: AudienceWindow;
  /** Open sessions that are followed; beyond it a session is written once, when it is over. */
  readonly maxSessions: number;
  /** A session that is still open is written this often at most. */
  readonly liveMs: number;
  readonly catalogue: Pick<Catalogue, 'find'>;
};

type Followed = {
  startedMs: UnixMs;
  readonly audience: SessionAudience;
  readonly watched: WatchedRuns;
  lineMs: UnixMs;
};

/** Rows of the future or of 1970 would make partitions that nobody deletes. */
const MIN_MS = Date.UTC(2000, 0, 1);
const MAX_MS = Date.UTC(2100, 0, 1);

/** Turns what correlation and the audience rules say of sessions into rows: while they are open, and when they are over. */
export class SessionFeed {
  readonly #options: SessionFeedOptions;
  readonly #open = new Map<string, Followed>();
  #untimedRows = 0;

  constructor(options: SessionFeedOptions) {
    this.#options = options;
  }

  /** Sessions without a usable time, which are in no row. */
  get untimedRows(): number {
    return this.#untimedRows;
  }

  /**
   * Its begin is frozen here, at its first event, because that is the same when a journal is read again after a crash:
   * a row of another hour would stand beside the former one instead of replacing it.
   */
  started(session: SessionRef, atMs: UnixMs): void {
    const followed = this.#follow(session);
    if (followed && Number.isNaN(followed.startedMs)) followed.startedMs = atMs;
  }

  /** What the audience rules add for a session; comes before `closed`. */
  audience(session: SessionRef, counts: AudienceCounts): void {
    const audience = this.#follow(session)?.audience;
    if (!audience) return;
    audience.platformClass = counts.platformClass;
    audience.starts += counts.starts;
    audience.streams += counts.streams;
    audience.downloads += counts.downloads;
    audience.consumptionSeconds += counts.consumptionSeconds;
  }

  /** Where a player says its playhead is. */
  position(session: SessionRef, { playheadMs = Number.NaN, tsMs }: PlayerEvent): void {
    this.#follow(session)?.watched.say(playheadMs, tsMs);
  }

  excluded(session: SessionRef, reason: AudienceExclusion): void {
    const audience = this.#follow(session)?.audience;
    if (audience && audience.excluded !== 'bot') audience.excluded = reason;
  }

  /** A session that is still open, as it is now. */
  live(summary: SessionSummary, incidents: readonly Incident[], nowMs: UnixMs): void {
    const followed = this.#follow(summary);
    if (followed && nowMs - followed.lineMs >= this.#options.liveMs) this.#write(summary, incidents, followed, nowMs);
  }

  closed(summary: SessionSummary, incidents: readonly Incident[], nowMs: UnixMs): void {
    const followed = this.#open.get(keyOf(summary)) ?? this.#unfollowed();
    this.#open.delete(keyOf(summary));
    this.#write(summary, incidents, followed, nowMs);
  }

  #write(summary: SessionSummary, incidents: readonly Incident[], followed: Followed, nowMs: UnixMs): void {
    if (Number.isNaN(followed.startedMs)) followed.startedMs = summary.beginMs;
    const { startedMs, audience, watched } = followed;
    if (!(startedMs >= MIN_MS && startedMs < MAX_MS)) {
      this.#untimedRows++;
      return;
    }
    // Two rows of one session within a millisecond: the later one must replace the earlier one.
    followed.lineMs = Math.max(nowMs, followed.lineMs + 1);
    const streamType = this.#options.catalogue.find(summary.tenant, summary.contentId)?.streamType ?? '';
    const facts = { summary, incidents, audience, streamType, startedMs, version: followed.lineMs, runs: watched.runs };
    this.#options.add(sessionLine(facts));
  }

  #follow(session: SessionRef): Followed | undefined {
    const key = keyOf(session);
    const known = this.#open.get(key);
    if (known || this.#open.size >= this.#options.maxSessions) return known;
    const followed = this.#unfollowed();
    this.#open.set(key, followed);
    return followed;
  }

  #unfollowed(): Followed {
    const audience: SessionAudience = {
      platformClass: '',
      window: this.#options.window,
      starts: 0,
      streams: 0,
      downloads: 0,
      consumptionSeconds: 0,
      excluded: '',
    };
    return { startedMs: Number.NaN, audience, watched: new WatchedRuns(), lineMs: 0 };
  }
}

/** A row as the store reads it. */
export function sessionLine(facts: SessionFacts): string {
  return JSON.stringify(SESSION_COLUMNS.map(([, cell]) => cell(facts)));
}

/** Two tenants' players may have chosen the same id. */
function keyOf({ tenant, traceId }: Pick<SessionRef, 'tenant' | 'traceId'>): string {
  return `${tenant} ${traceId}`;
}
