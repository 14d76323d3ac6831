import { describe, expect, test } from 'vitest';
import { placeMarkers } from '../../src/chart/Markers';
import { shadedIncidents } from '../../src/chart/overlays';
import { type TimeScale } from '../../src/chart/time-scale';
import { laneOf } from '../../src/lanes/lane';
import { type Incident } from '../../src/model/session-model';
import { fitLanes, panelLayout } from '../../src/view/panel-layout';

/** One millisecond is one pixel. */
const scale: TimeScale = { baseMs: 0, fromMs: 0, toMs: 1000, widthPx: 1000 };
const incident = (startMs: number, failover = true) =>
  ({ startMs, endMs: startMs + 10, ...(failover && { failover: {} }) }) as unknown as Incident;

describe('badges of incidents', () => {
  test('stand at the begin of their incident, moved where they would cover each other', () => {
    const placed = placeMarkers([incident(100), incident(105), incident(500)], scale);
    expect(placed.map(({ x, incidents }) => [x, incidents.length])).toEqual([
      [91, 1],
      [110, 1],
      [491, 1],
    ]);
    expect(placed[1].roomPx).toBe(491 - 110 - 24);
  });

  test('are shared where there is no room, and never leave the strip', () => {
    const placed = placeMarkers(
      Array.from({ length: 300 }, (_, index) => incident(index * 3.3)),
      scale
    );
    expect(placed.reduce((sum, { incidents }) => sum + incidents.length, 0)).toBe(300);
    expect(placed.length).toBeLessThan(60);
    expect(Math.max(...placed.map(({ x }) => x))).toBeLessThanOrEqual(1000 - 18);
  });

  test('of what is not in view are left out', () => {
    expect(placeMarkers([incident(-50), incident(1200)], scale)).toEqual([]);
  });
});

test('lines of failovers keep apart; the chosen incident always has one', () => {
  const many = Array.from({ length: 100 }, (_, index) => incident(index * 10));
  expect(shadedIncidents(many, many[1], scale).length).toBeLessThan(45);
  expect(shadedIncidents(many, many[1], scale)).toContain(many[1]);
  expect(shadedIncidents([incident(5, false)], null, scale)).toEqual([]);
});

describe('room', () => {
  const wishes = {
    sessions: 1,
    hasIncidents: true,
    verdicts: 2,
    isFilterOpen: false,
    showVerdict: true,
    showOverview: true,
  };
  test.each<[number, number, object]>([
    [
      300,
      200,
      { showToolbar: false, headlineLines: 0, chart: { showOverview: false, showMarkers: true, labelPx: 64 } },
    ],
    [200, 100, { headlineLines: -1, chart: { showMarkers: false, labelPx: 0 } }],
    [800, 420, { showToolbar: true, headlineLines: 1, chart: { showOverview: true, showMarkers: true } }],
    [1920, 1080, { headlineLines: 2, chart: { labelPx: 136 } }],
  ])('%i × %i', (width, height, layout) => expect(panelLayout({ ...wishes, width, height })).toMatchObject(layout));

  test('the parts of a section add up to its height', () => {
    for (const height of [200, 260, 320, 420, 640, 1000]) {
      const { chart, sectionPx } = panelLayout({ ...wishes, width: 1000, height });
      expect(chart.height).toBeLessThan(sectionPx);
      expect(chart.height).toBeGreaterThanOrEqual(48);
    }
  });

  test('sessions one above the other keep a height one can read', () => {
    expect(panelLayout({ ...wishes, width: 1000, height: 400, sessions: 4 }).sectionPx).toBe(200);
  });

  test('lanes fill what there is, and are squeezed no more than can be read', () => {
    const lanes = ['player', 'buffer', 'cdn:a'].map((id) => laneOf({ id, label: id, heightPx: 30 }));
    const total = (heightPx: number) => fitLanes(lanes, heightPx).reduce((sum, lane) => sum + lane.heightPx + 4, 0);
    expect(total(190)).toBeGreaterThan(180);
    expect(total(190)).toBeLessThanOrEqual(190);
    // A bar says no more when it is taller.
    expect(total(2000)).toBeLessThan(200);
    expect(fitLanes(lanes, 60).map(({ id }) => id)).toEqual(['player', 'cdn:a']);
  });

  test('curves and rows of requests take what bars leave of a full screen', () => {
    const rows = laneOf({ id: 'cdn:a', label: 'a', heightPx: 30, tracks: 2 });
    const [bar, chart] = fitLanes([laneOf({ id: 'player', label: 'Player', heightPx: 30 }), rows], 200);
    expect([bar.heightPx, chart.heightPx]).toEqual([60, 132]);
  });
});
