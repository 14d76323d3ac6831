import { AXIS_PX, type ChartLayout, MARKERS_PX } from '../chart/SessionChart';
import { OVERVIEW_PX } from '../chart/Overview';
import { LANE_GAP_PX } from '../chart/paint';
import { type Lane } from '../lanes/lane';
import { headlineHeight } from './Headline';
import { FILTER_PX } from './FilterRow';
import { TOOLBAR_PX } from './Toolbar';

export type PanelLayout = {
  readonly showToolbar: boolean;
  /** Lines of verdicts: 0 is a headline of one line, -1 none at all. */
  readonly headlineLines: number;
  /** Height of one session with all its parts. */
  readonly sectionPx: number;
  readonly chart: ChartLayout;
};

type Wishes = {
  readonly width: number;
  readonly height: number;
  readonly sessions: number;
  readonly hasIncidents: boolean;
  /** The most verdicts a session has. */
  readonly verdicts: number;
  readonly isFilterOpen: boolean;
  readonly showVerdict: boolean;
  readonly showOverview: boolean;
};

/** Sessions one above the other keep at least this; beyond it the panel scrolls. */
const SHORTEST_SECTION_PX = 200;
const SHORTEST_LANES_PX = 48;
const SECTION_GAP_PX = 8;

/** What fits: a small panel drops what explains before what shows. */
export function panelLayout(wishes: Wishes): PanelLayout {
  const { width, height, sessions, hasIncidents, verdicts, isFilterOpen, showVerdict, showOverview } = wishes;
  const showToolbar = height >= 300 && width >= 420;
  const above = (showToolbar ? TOOLBAR_PX : 0) + (showToolbar && isFilterOpen ? FILTER_PX : 0);
  const share = Math.floor((height - above - (sessions - 1) * SECTION_GAP_PX) / sessions);
  const sectionPx = sessions === 1 ? share : Math.max(SHORTEST_SECTION_PX, share);
  const headlineLines = showVerdict ? linesOf(width, sectionPx, verdicts) : -1;
  const hasOverview = showOverview && sectionPx >= 260 && width >= 320;
  const hasMarkers = hasIncidents && sectionPx >= 180;
  const around =
    AXIS_PX +
    (headlineLines < 0 ? 0 : headlineHeight(headlineLines)) +
    (hasOverview ? OVERVIEW_PX + 4 : 0) +
    (hasMarkers ? MARKERS_PX : 0);
  return {
    showToolbar,
    headlineLines,
    sectionPx,
    chart: {
      width,
      height: Math.max(SHORTEST_LANES_PX, sectionPx - around),
      labelPx: width >= 640 ? 136 : width >= 420 ? 96 : width >= 260 ? 64 : 0,
      showDetail: width >= 420,
      showOverview: hasOverview,
      showMarkers: hasMarkers,
    },
  };
}

function linesOf(width: number, sectionPx: number, verdicts: number): number {
  if (sectionPx < 120) {
    return -1;
  }
  if (sectionPx < 300 || width < 520) {
    return 0;
  }
  return Math.max(1, Math.min(verdicts, sectionPx >= 540 ? 3 : sectionPx >= 400 ? 2 : 1));
}

const SMALLEST = 0.65;
/** A bar says nothing more when it is taller; a curve and rows of requests do. */
const LARGEST_BAR = 2;
const LARGEST_CHART = 6;
/** How far a small panel squeezes its lanes before it gives one up. */
const COMFORTABLE = 0.75;
/** Below this, fewer lanes tell more than scrolled ones. */
const TIGHT_PX = 140;
/** What a small panel gives up first. */
const DISPENSABLE: ReadonlyArray<(lane: Lane) => boolean> = [
  ({ missing }) => missing !== '',
  ({ id }) => id === 'rendition',
  ({ id }) => /^(origin|shield|overlay):/.test(id),
  ({ id }) => id === 'buffer',
];

/** Lanes for a height: stretched or squeezed a little, and in small panels fewer, before they must be scrolled. */
export function fitLanes(lanes: readonly Lane[], heightPx: number): Lane[] {
  let kept = [...lanes];
  if (heightPx < TIGHT_PX) {
    for (const isDispensable of DISPENSABLE) {
      if (heightOf(kept) * COMFORTABLE <= heightPx) {
        break;
      }
      const rest = kept.filter((lane) => !isDispensable(lane));
      kept = rest.length > 0 ? rest : kept;
    }
  }
  const roomPx = heightPx - kept.length * LANE_GAP_PX;
  const [charts, all] = [naturalPx(kept.filter(isChart)), naturalPx(kept)];
  const barFactor = Math.min(LARGEST_BAR, Math.max(SMALLEST, roomPx / all));
  const chartFactor = Math.min(LARGEST_CHART, Math.max(barFactor, (roomPx - barFactor * (all - charts)) / charts));
  return kept.map((lane) => ({
    ...lane,
    heightPx: Math.floor(lane.heightPx * (isChart(lane) ? chartFactor : barFactor)),
  }));
}

function isChart({ lines, tracks }: Lane): boolean {
  return lines.length > 0 || tracks > 1;
}

function naturalPx(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, { heightPx }) => sum + heightPx, 0);
}

function heightOf(lanes: readonly Lane[]): number {
  return naturalPx(lanes) + lanes.length * LANE_GAP_PX;
}
