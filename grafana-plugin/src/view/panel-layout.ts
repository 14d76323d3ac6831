import { AXIS_PX, type ChartLayout, MARKERS_PX } from '../chart/SessionChart';
import { OVERVIEW_PX } from '../chart/Overview';
import { LANE_GAP_PX } from '../chart/paint';
import { type Lane } from '../lanes/lane';
import { HEADLINE_PX } from './Headline';
import { FILTER_PX } from './FilterRow';
import { TOOLBAR_PX } from './Toolbar';

export type PanelLayout = {
  readonly showToolbar: boolean;
  readonly headline: 'full' | 'short' | 'none';
  /** Height of one session with all its parts. */
  readonly sectionPx: number;
  readonly chart: ChartLayout;
};

type Wishes = {
  readonly width: number;
  readonly height: number;
  readonly sessions: number;
  readonly hasIncidents: boolean;
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
  const { width, height, sessions, hasIncidents, isFilterOpen, showVerdict, showOverview } = wishes;
  const showToolbar = height >= 300 && width >= 420;
  const above = (showToolbar ? TOOLBAR_PX : 0) + (showToolbar && isFilterOpen ? FILTER_PX : 0);
  const share = Math.floor((height - above - (sessions - 1) * SECTION_GAP_PX) / sessions);
  const sectionPx = sessions === 1 ? share : Math.max(SHORTEST_SECTION_PX, share);
  const headline = !showVerdict || sectionPx < 120 ? 'none' : sectionPx >= 300 && width >= 520 ? 'full' : 'short';
  const hasOverview = showOverview && sectionPx >= 260 && width >= 320;
  const hasMarkers = hasIncidents && sectionPx >= 180;
  const around =
    AXIS_PX +
    (headline === 'none' ? 0 : HEADLINE_PX[headline]) +
    (hasOverview ? OVERVIEW_PX + 4 : 0) +
    (hasMarkers ? MARKERS_PX : 0);
  return {
    showToolbar,
    headline,
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

const SMALLEST = 0.75;
const LARGEST = 1.7;
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
      if (heightOf(kept) * SMALLEST <= heightPx) {
        break;
      }
      const rest = kept.filter((lane) => !isDispensable(lane));
      kept = rest.length > 0 ? rest : kept;
    }
  }
  const gaps = kept.length * LANE_GAP_PX;
  const natural = heightOf(kept) - gaps;
  const factor = Math.min(LARGEST, Math.max(SMALLEST, (heightPx - gaps) / natural));
  return kept.map((lane) => ({ ...lane, heightPx: Math.floor(lane.heightPx * factor) }));
}

function heightOf(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, { heightPx }) => sum + heightPx + LANE_GAP_PX, 0);
}
