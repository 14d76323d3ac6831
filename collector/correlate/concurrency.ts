import type { ViewerDimensions } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import type { OpenSession } from './open-session.ts';
import type { Playback } from './playback.ts';
import type { CorrelateSettings } from './settings.ts';

/** A pause longer than this is nobody watching (semantics.md section 3). */
const PAUSE_MS = 60_000;
const HEARTBEATS = 2.5;
/** Segments a server-only viewer may be behind before the seat counts as empty, and their presumed length. */
const SEGMENTS = 3;
const SEGMENT_MS = 6_000;

const WATCHING = new Set(['playing', 'rebuffering', 'seeking']);

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

/** Counts the sessions of one moment. Swept on a timer, so a dead feed falls to zero instead of freezing. */
export function concurrencyOf(open: Iterable<OpenSession>, nowMs: UnixMs, settings: CorrelateSettings): Concurrency {
  const sessions = new Map<string, ConcurrentSessions>();
  const viewers = new Map<string, ConcurrentViewers>();
  const seen = new Set<string>();
  const contents = new Map<string, number>();
  const cdns = new Map<string, number>();
  for (const one of open) {
    const playback = one.session.current;
    if (!playback) continue;
    const source = presence(one, playback, nowMs, settings);
    if (source === '') continue;
    const { dimensions } = playback.viewer;
    const labels = Object.values(dimensions).join('\n');
    count(sessions, `${source}\n${labels}`, () => ({ source, dimensions, count: 0 }));
    if (playback.cdn !== '') cdns.set(playback.cdn, (cdns.get(playback.cdn) ?? 0) + 1);
    const viewer = `${dimensions.tenant}\n${viewerKey(one, playback)}`;
    if (!seen.has(viewer)) count(viewers, labels, () => ({ dimensions, count: 0 }));
    const { contentId } = playback.viewer;
    const watching = `${viewer}\n${contentId}`;
    if (contentId !== '' && !seen.has(watching)) contents.set(contentId, (contents.get(contentId) ?? 0) + 1);
    seen.add(viewer).add(watching);
  }
  return {
    sessions: [...sessions.values()],
    viewers: [...viewers.values()],
    contents: [...contents].map(([contentId, count]) => ({ contentId, viewers: count })),
    cdns: [...cdns].map(([cdn, count]) => ({ cdn, sessions: count })),
  };
}

function presence(
  one: OpenSession,
  playback: Playback,
  nowMs: UnixMs,
  settings: CorrelateSettings,
): 'player' | 'server' | '' {
  if (playback.hasPlayer) {
    if (nowMs - playback.signs.lastReceivedMs > HEARTBEATS * settings.heartbeatMs) return '';
    if (WATCHING.has(playback.state)) return 'player';
    return playback.state === 'paused' && nowMs - playback.signs.stateSinceMs < PAUSE_MS ? 'player' : '';
  }
  // Whoever is refused to the last has nothing to watch.
  if (playback.isRefused) return '';
  return nowMs - one.lastEndMs <= SEGMENTS * SEGMENT_MS + one.latenessMs ? 'server' : '';
}

/** A registered viewer, else a device, else nobody but the session itself. */
function viewerKey(one: OpenSession, playback: Playback): string {
  return playback.viewer.viewerId || playback.viewer.client?.deviceKey || one.session.traceId;
}

function count<T extends { count: number }>(map: Map<string, T>, key: string, create: () => T): void {
  let entry = map.get(key);
  if (!entry) {
    entry = create();
    map.set(key, entry);
  }
  entry.count++;
}
