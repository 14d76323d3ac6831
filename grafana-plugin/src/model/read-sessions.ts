import { type LaneRow } from '../frames/long-frame';
import { type ReadFrames } from '../frames/read-frames';
import { buildSession } from './build-session';
import { groupSessions } from './group-sessions';
import { type SessionModel } from './session-model';

/** A session and the lanes a table adds to it. */
export type DrawnSession = { readonly session: SessionModel; readonly rows: readonly LaneRow[] };

/** Every session in the data, in order of their begins. */
export function readSessions({ spans, rows }: ReadFrames): DrawnSession[] {
  const drawn = groupSessions(spans).map(([id, own]) => ({
    session: buildSession(id, own),
    rows: rows.filter((row) => row.session === id),
  }));
  const known = new Set(drawn.map(({ session }) => session.id));
  const others = [...new Set(rows.map(({ session }) => session))].filter((id) => !known.has(id));
  return [
    ...drawn,
    ...others.map((id) => ({ session: rowSession(id, rows), rows: rows.filter((row) => row.session === id) })),
  ];
}

/** A session that only has lanes of the user's own. */
function rowSession(id: string, rows: readonly LaneRow[]): SessionModel {
  const own = rows.filter((row) => row.session === id);
  const startMs = Math.min(...own.map((row) => row.startMs));
  const endMs = Math.max(startMs + 1, ...own.map((row) => row.endMs));
  return { ...buildSession(id, []), startMs, endMs, isLive: false, notes: [], missing: new Map() };
}
