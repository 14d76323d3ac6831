import type { PlayerState } from '../model/media.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { RequestReport } from '../model/request.ts';
import type { ViewerDimensions } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import { hasMedia } from './join/request-halves.ts';
import type { LiveSession } from './live-session.ts';
import type { OpenSession } from './open-session.ts';
import type { CorrelateSettings } from './settings.ts';
import { most } from './timeline/known-times.ts';
import { Viewer } from './viewer.ts';

/** A pause longer than this is nobody watching (semantics.md section 3). */
const PAUSE_MS = 60_000;
const HEARTBEATS = 2.5;
/** Segments a server-only viewer may be behind before the seat counts as empty, and their length while unknown. */
const SEGMENTS = 3;
const SEGMENT_MS = 6_000;

const WATCHING = new Set(['playing', 'rebuffering', 'seeking']);
/** A player that waits in one of these waits for its first frame, whatever it calls that. */
const NOT_STARTED = new Set(['unknown', 'preloading', 'starting']);

export type ConcurrentSessions = {
  readonly source: 'player' | 'server';
  readonly dimensions: ViewerDimensions;
  count: number;
};
export type ConcurrentViewers = { readonly dimensions: ViewerDimensions; count: number };

/** Who is watching at `nowMs`: sessions by who says so and by CDN, distinct viewers, and viewers per content. */
export type Concurrency = {
  readonly sessions: readonly ConcurrentSessions[];
  readonly viewers: readonly ConcurrentViewers[];
  readonly contents: readonly { readonly contentId: string; readonly viewers: number }[];
  /** Sessions by the CDN they are on; those before their first media object are on none yet. */
  readonly cdns: readonly { readonly cdn: string; readonly sessions: number }[];
};

/** Whom the collector knows of: sessions, and lines that wait for whose they are. */
export type Present = {
  readonly sessions: Iterable<OpenSession>;
  readonly nameless: Iterable<RequestReport>;
  /** How long the segments are that such a line is one of; NaN when nobody knows. */
  segmentMs(line: RequestReport): number;
};

/** Counts the sessions of one moment. Swept on a timer, so a dead feed falls to zero instead of freezing. */
export function concurrencyOf(present: Present, nowMs: UnixMs, settings: CorrelateSettings): Concurrency {
  const sessions = new Map<string, ConcurrentSessions>();
  const viewers = new Map<string, ConcurrentViewers>();
  const seen = new Set<string>();
  const contents = new Map<string, number>();
  const cdns = new Map<string, number>();
  const take = (source: ConcurrentSessions['source'], viewer: Viewer, person: string, cdn: string): void => {
    const { dimensions, contentId } = viewer;
    const labels = Object.values(dimensions).join('\n');
    count(sessions, `${source}\n${labels}`, () => ({ source, dimensions, count: 0 }));
    if (cdn !== '') cdns.set(cdn, (cdns.get(cdn) ?? 0) + 1);
    if (!seen.has(person)) count(viewers, labels, () => ({ dimensions, count: 0 }));
    const watching = `${person}\n${contentId}`;
    if (contentId !== '' && !seen.has(watching)) contents.set(contentId, (contents.get(contentId) ?? 0) + 1);
    seen.add(person).add(watching);
  };
  for (const one of present.sessions) {
    const { current, waitingEvents } = one.session;
    const source = waitingEvents.length > 0 || current?.hasPlayer ? 'player' : 'server';
    const isThere =
      source === 'server' || isMute(one.session) ? isServed(one, nowMs) : isHeard(one.session, nowMs, settings);
    if (!isThere) continue;
    const viewer = current?.viewer ?? presumedViewer(one.session, settings);
    // A registered viewer, else a device, else nobody but the session itself.
    const person = viewer.viewerId || viewer.client?.deviceKey || one.session.traceId;
    take(source, viewer, `${one.session.tenant}\n${person}`, current?.cdn ?? '');
  }
  for (const line of present.nameless) {
    const { tenant, tier, emitter } = line.source;
    const person = `${tenant}\n${line.client?.deviceKey}`;
    // Of a device that is there it may be the next line.
    if (tier !== 'edge' || line.client === null || seen.has(person) || !hasMedia(line)) continue;
    if (!isWatched(line, present.segmentMs(line), nowMs)) continue;
    const viewer = new Viewer(tenant, settings.property);
    viewer.report(line);
    take('server', viewer, person, emitter);
  }
  return {
    sessions: [...sessions.values()],
    viewers: [...viewers.values()],
    contents: [...contents].map(([contentId, count]) => ({ contentId, viewers: count })),
    cdns: [...cdns].map(([cdn, count]) => ({ cdn, sessions: count })),
  };
}

/** By the last it told, whether its turn has come or not. */
function isHeard(session: LiveSession, nowMs: UnixMs, settings: CorrelateSettings): boolean {
  const { current, waitingEvents } = session;
  const signs = current?.signs;
  const heardMs = waitingEvents.reduce(
    (newestMs, { receivedMs }) => most(newestMs, receivedMs),
    signs?.lastReceivedMs ?? Number.NaN,
  );
  if (nowMs - heardMs > HEARTBEATS * settings.heartbeatMs) return false;
  const known = current?.state ?? 'unknown';
  const told = newestState(waitingEvents);
  if (told === 'rebuffering' && NOT_STARTED.has(known) && !hasPlayed(waitingEvents)) return false;
  const state = told === '' ? known : told;
  const sinceMs = told === known || told === '' ? (signs?.stateSinceMs ?? nowMs) : nowMs;
  return WATCHING.has(state) || (state === 'paused' && nowMs - sinceMs < PAUSE_MS);
}

/** A player that posts, and never says what it does until it plays (Shaka's minified build). */
function isMute({ current, waitingEvents }: LiveSession): boolean {
  const isSilent = current === null || current.isStateless;
  return isSilent && NOT_STARTED.has(current?.state ?? 'unknown') && newestState(waitingEvents) === '';
}

function newestState(events: readonly PlayerEvent[]): PlayerState | '' {
  let newest: PlayerEvent | null = null;
  for (const event of events) {
    if (stateOf(event) !== '' && !(event.tsMs < (newest?.tsMs ?? Number.NEGATIVE_INFINITY))) newest = event;
  }
  return newest === null ? '' : stateOf(newest);
}

function stateOf({ name, state, isFatal }: PlayerEvent): PlayerState | '' {
  if (name === 'error') return isFatal ? 'failed' : (state ?? '');
  return name === 'seek' ? 'seeking' : (state ?? '');
}

function hasPlayed(events: readonly PlayerEvent[]): boolean {
  return events.some(({ state }) => state === 'playing');
}

/** Somebody got it not too long ago. */
function isWatched(line: RequestReport, segmentMs: number, nowMs: UnixMs): boolean {
  const { source, startMs, durationMs, receivedMs } = line;
  const endMs = startMs + durationMs;
  const delayMs = Math.min(Math.max(0, receivedMs - endMs), source.latenessMs);
  return nowMs - endMs <= SEGMENTS * (segmentMs > 0 ? segmentMs : SEGMENT_MS) + delayMs;
}

function isServed(open: OpenSession, nowMs: UnixMs): boolean {
  const { session, lastMs, lastMediaMs, latenessMs } = open;
  const { current } = session;
  // Whoever is refused to the last has nothing to watch.
  if (current?.isRefused) return false;
  const segmentMs = open.segmentMs ?? current?.servedSegmentMs ?? SEGMENT_MS;
  // Who watches is known as late as the lines come: who came is seen that late, and who left is missed that late.
  const delayMs = Math.min(Math.max(0, lastMs - lastMediaMs), latenessMs);
  // Of whoever is there the last segment but one must have been told by now.
  return nowMs - lastMediaMs <= Math.max(SEGMENTS * segmentMs + delayMs, 2 * segmentMs + latenessMs);
}

/** Who seems to watch, while nothing of the session has settled. */
function presumedViewer({ tenant, client, referrer, waitingEvents }: LiveSession, settings: CorrelateSettings): Viewer {
  const viewer = new Viewer(tenant, settings.property);
  for (const event of waitingEvents) viewer.event(event);
  viewer.seen(client, referrer);
  return viewer;
}

function count<T extends { count: number }>(map: Map<string, T>, key: string, create: () => T): void {
  let entry = map.get(key);
  if (!entry) {
    entry = create();
    map.set(key, entry);
  }
  entry.count++;
}
