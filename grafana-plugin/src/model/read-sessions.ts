import { type LaneRow } from '../frames/long-frame';
import { type ReadFrames } from '../frames/read-frames';
import { buildSession, type Extent } from './build-session';
import { groupSessions } from './group-sessions';
import { type SessionModel } from './session-model';
import { SessionSpans } from './session-spans';

/** A session and the lanes a table adds to it. */
export type DrawnSession = { readonly session: SessionModel; readonly rows: readonly LaneRow[] };

/** Every session in the data, in order of their begins. */
export function readSessions({ spans, rows, tables }: ReadFrames): DrawnSession[] {
  const drawn = groupSessions(spans).map(([id, own]) => {
    const added = rows.filter((row) => row.session === id);
    return { session: buildSession(id, own, extentOf([own, ...added]), tables.has(id)), rows: added };
  });
  const known = new Set(drawn.map(({ session }) => session.id));
  const others = [...new Set(rows.map(({ session }) => session))].filter((id) => !known.has(id));
  return [...drawn, ...others.map((id) => rowSession(id, rows))];
}

/** A session that only has lanes of the user's own. */
function rowSession(id: string, rows: readonly LaneRow[]): DrawnSession {
  const own = rows.filter((row) => row.session === id);
  const session = buildSession(id, new SessionSpans([]), extentOf(own), true);
  return { session: { ...session, notes: [], missing: new Map() }, rows: own };
}

function extentOf(parts: readonly Extent[]): Extent {
  let [startMs, endMs] = [Infinity, -Infinity];
  for (const part of parts) {
    startMs = Math.min(startMs, part.startMs);
    endMs = Math.max(endMs, part.endMs);
  }
  return { startMs, endMs: Math.max(endMs, startMs + 1) };
}
