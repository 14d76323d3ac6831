import { formatCount, formatDuration } from '../model/numbers';
import { type SessionModel } from '../model/session-model';
import { type Lane, laneOf, markOf } from './lane';

const WEIGHT: Record<string, number> = { playing: 0, startup: 1, paused: 1, ad: 1, seeking: 2, stalled: 4, failed: 5 };

/** What the player was doing. */
export function playerLane(session: SessionModel): Lane {
  const { states, errors, missing } = session;
  const intervals = states.map((interval) =>
    markOf({
      startMs: interval.startMs,
      endMs: interval.endMs,
      style: interval.state,
      weight: WEIGHT[interval.state] ?? 1,
      isInferred: interval.isInferred,
      label:
        interval.state === 'stalled' ? `stalled ${formatDuration(interval.endMs - interval.startMs)}` : interval.state,
      subject: { kind: 'state', interval },
    })
  );
  const failures = errors.map((error) =>
    markOf({
      startMs: error.atMs,
      endMs: error.atMs,
      style: 'error',
      weight: 6,
      label: 'error',
      subject: { kind: 'error', error },
    })
  );
  const marks = [...intervals, ...failures].sort((a, b) => a.startMs - b.startMs);
  return laneOf({
    id: 'player',
    label: 'Player',
    detail: missing.has('player') ? 'not reported, inferred' : stalls(session),
    heightPx: 28,
    marks,
    missing: marks.length === 0 ? (missing.get('player') ?? 'No player states') : '',
  });
}

function stalls({ states }: SessionModel): string {
  const count = states.filter(({ state }) => state === 'stalled').length;
  return count === 0 ? '' : formatCount(count, 'stall');
}
