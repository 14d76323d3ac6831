import { type Overlay } from '../frames/series-frame';
import { type LaneRow } from '../frames/long-frame';
import { type RequestFilter } from '../model/filter';
import { type SessionModel } from '../model/session-model';
import { type LaneOptions } from '../types';
import { bufferLane } from './buffer-lane';
import { cdnLane, missingCdn } from './cdn-lane';
import { type Lane } from './lane';
import { overlayLanes } from './overlay-lanes';
import { playerLane } from './player-lane';
import { renditionLane } from './rendition-lane';
import { rowLanes } from './row-lanes';
import { upstreamLanes } from './upstream-lanes';

export type LaneSource = {
  readonly session: SessionModel;
  readonly rows: readonly LaneRow[];
  readonly overlays: readonly Overlay[];
  readonly filter: RequestFilter;
};

type LaneMaker = (source: LaneSource) => Lane[];

/** Every lane the panel knows, from top to bottom. A lane is a file here and a line in this list. */
const LANES: ReadonlyArray<readonly [option: keyof LaneOptions, lanes: LaneMaker]> = [
  ['player', ({ session }) => [playerLane(session)]],
  ['buffer', ({ session }) => [bufferLane(session)]],
  ['rendition', ({ session }) => [renditionLane(session)]],
  [
    'requests',
    ({ session, filter }) => [...session.cdns.map((row) => cdnLane(row, session, filter)), ...missingCdn(session)],
  ],
  ['upstream', ({ session, filter }) => upstreamLanes(session, filter)],
];

/** The lanes of a session, those the options leave out excepted. A table that only has lanes of its own shows only them. */
export function sessionLanes(source: LaneSource, options: LaneOptions): Lane[] {
  const { session, rows, overlays } = source;
  const isOnlyRows = session.traceIds.length === 0;
  const lanes = isOnlyRows ? [] : LANES.filter(([option]) => options[option]).flatMap(([, make]) => make(source));
  return overlayLanes(options.overlays ? overlays : [], [...lanes, ...rowLanes(rows)]);
}
