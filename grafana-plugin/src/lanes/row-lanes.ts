import { type LaneRow } from '../frames/long-frame';
import { type Lane, laneOf, markOf } from './lane';
import { pushTo } from '../model/push-to';
import { packTracks } from './tracks';

/** Lanes of the user's own table, in the order they first appear. */
export function rowLanes(rows: readonly LaneRow[]): Lane[] {
  const lanes = new Map<string, LaneRow[]>();
  for (const row of rows) {
    pushTo(lanes, row.lane, row);
  }
  return [...lanes].map(([name, own]) => {
    const ordered = [...own].sort((a, b) => a.startMs - b.startMs);
    const { tracks, count } = packTracks(ordered, 3);
    return laneOf({
      id: `row:${name}`,
      label: name,
      heightPx: Math.max(26, count * 14 + 4),
      tracks: count,
      marks: ordered.map((row, index) =>
        markOf({
          startMs: row.startMs,
          endMs: row.endMs,
          track: tracks[index],
          style: row.state,
          label: row.state,
          subject: { kind: 'row', row },
        })
      ),
    });
  });
}
