import { describe, expect, test } from 'vitest';
import { badLabels } from '../../src/chart/bad-labels';
import { hoverAt, hoverOn, stillThere } from '../../src/chart/hover';
import { markAt, valueAt } from '../../src/chart/hit-test';
import { commandOf, movedCursor } from '../../src/chart/keyboard';
import { cornersOf } from '../../src/chart/paint-lines';
import { placeMarks } from '../../src/chart/place-marks';
import { ticksOf } from '../../src/chart/ticks';
import { panned, revealed, type TimeScale, timeAt, within, xOf, zoomed } from '../../src/chart/time-scale';
import { type Lane, laneOf, type Line, type Mark, markOf } from '../../src/lanes/lane';
import { packTracks } from '../../src/lanes/tracks';

/** One millisecond is one pixel. */
const scale: TimeScale = { baseMs: 1000, fromMs: 0, toMs: 1000, widthPx: 1000 };
const row = (lane: string) => ({ session: 's', lane, state: '', startMs: 0, endMs: 0, source: { frame: 0, row: 0 } });
const mark = (at: number, ms: number, more: Partial<Mark> = {}): Mark =>
  markOf({ startMs: 1000 + at, endMs: 1000 + at + ms, style: 'hit', subject: { kind: 'row', row: row('x') }, ...more });
const lane = (marks: Mark[], more: Partial<Lane> = {}): Lane =>
  laneOf({ id: 'x', label: 'X', heightPx: 26, marks, ...more });
const boxes = (marks: Mark[], on: TimeScale = scale) => placeMarks(lane(marks), on, { highlighted: null });

describe('places of marks', () => {
  test('a mark is as long as its time', () => {
    expect(boxes([mark(100, 250)])).toMatchObject([{ x: 100, width: 250, y: 3, height: 20, count: 1 }]);
  });

  test('a mark outside of the view is not drawn, one that reaches into it is cut at its edge', () => {
    const zoomedIn = { ...scale, fromMs: 400, toMs: 500 };
    expect(boxes([mark(0, 100), mark(300, 150), mark(900, 10)], zoomedIn)).toMatchObject([{ x: -2, width: 502 }]);
  });

  test('what no pixel can show is merged, so that ten thousand marks are at most a rectangle per column', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => mark(index * 0.1, 0.05));
    const placed = boxes(many);
    expect(placed.length).toBeLessThanOrEqual(1000);
    expect(placed.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });

  test('a failure is never merged into what went well, is wider, and is drawn on top', () => {
    const placed = boxes([mark(100, 0.1), mark(100.2, 0.1, { style: '5xx', weight: 6 }), mark(100.4, 0.1)]);
    expect(placed.map(({ mark: { style }, width, count }) => [style, Number(width.toFixed(3)), count])).toEqual([
      ['hit', 2.4, 2],
      ['5xx', 3, 1],
    ]);
  });

  test('marks with gaps between them stay apart', () => {
    expect(boxes([mark(100, 0.1), mark(110, 0.1)])).toHaveLength(2);
  });

  test('what does not prove the chosen incident is dimmed; what cannot prove anything is not', () => {
    const request = (id: string) => ({ kind: 'request', request: { id } }) as Mark['subject'];
    const placed = placeMarks(
      lane([mark(0, 50, { subject: request('a') }), mark(100, 50, { subject: request('b') }), mark(200, 50)]),
      scale,
      { highlighted: new Set(['a']) }
    );
    expect(placed.map(({ isDimmed }) => isDimmed)).toEqual([false, true, false]);
  });

  test('failures too narrow for words share a label beside them', () => {
    const bad = (at: number, label: string) => mark(at, 1, { style: '5xx', weight: 6, label });
    expect(
      badLabels(boxes([bad(100, '503'), bad(120, '503'), bad(400, '500'), bad(420, '502')])).map(({ x, text }) => [
        x,
        text,
      ])
    ).toEqual([
      [126, '2× 503'],
      [426, '2 failures'],
    ]);
    expect(badLabels(boxes([mark(0, 1)]))).toEqual([]);
  });
});

test('what runs at the same time lies one below the other, within a limit', () => {
  const spans = [
    [0, 10],
    [1, 5],
    [2, 3],
    [3, 9],
    [11, 12],
  ].map(([startMs, endMs]) => ({ startMs, endMs }));
  expect(packTracks(spans, 4)).toEqual({ tracks: [0, 1, 2, 2, 0], count: 3 });
  expect(packTracks(spans, 2)).toEqual({ tracks: [0, 1, 1, 1, 0], count: 2 });
});

describe('what lies under the pointer', () => {
  const marks = [mark(100, 200), mark(150, 1, { style: '5xx', weight: 6 }), mark(500, 0.1)];

  test.each<[string, number, number | null]>([
    ['a failure before the long mark it lies on', 1150, 1150],
    ['the long mark beside it', 1250, 1100],
    ['a mark too narrow to hit', 1503, 1500],
    ['nothing', 1700, null],
  ])('%s', (_, atMs, startMs) => expect(markAt(lane(marks), scale, atMs, 10)?.startMs ?? null).toBe(startMs));

  test('the track under the pointer goes first', () => {
    const two = lane([mark(0, 100), mark(0, 100, { track: 1, style: 'miss' })], { tracks: 2 });
    expect(markAt(two, scale, 1050, 5)?.style).toBe('hit');
    expect(markAt(two, scale, 1050, 20)?.style).toBe('miss');
  });

  test('lanes, and not the gaps between them, answer', () => {
    const lanes = [lane([mark(0, 100)]), lane([], { id: 'y' })];
    const origin = { left: 10, top: 20, viewWidth: 100, viewHeight: 100 };
    expect(hoverAt(lanes, scale, origin, 60, 30)).toMatchObject({
      laneIndex: 0,
      laneId: 'x',
      atMs: 1050,
      mark: { startMs: 1000 },
    });
    expect(hoverAt(lanes, scale, origin, 60, 48)).toBeNull();
    expect(hoverAt(lanes, scale, origin, 60, 55)).toMatchObject({ laneIndex: 1, mark: null });
    const on = hoverOn(lanes, scale, origin, 0, lanes[0].marks[0]);
    expect(on).toMatchObject({ clientX: 10, clientY: 33, opens: { right: true, down: true } });
    expect(hoverAt(lanes, scale, origin, 60, 55)).toMatchObject({ opens: { right: false, down: false } });
    expect(stillThere(on, lanes)).toBe(on);
    expect(stillThere(on, [lanes[1]])).toBeNull();
  });

  test('lines have values between their points, steps hold them', () => {
    const line = {
      points: [
        { atMs: 0, value: 0 },
        { atMs: 10, value: 5 },
      ],
    } as unknown as Line;
    expect([-1, 0, 5, 10, 11].map((at) => valueAt({ ...line, shape: 'slope' }, at))).toEqual([NaN, 0, 2.5, 5, NaN]);
    expect(valueAt({ ...line, shape: 'step' }, 9)).toBe(0);
  });
});

test('a dense line keeps only corners that show', () => {
  const points = Array.from({ length: 50_000 }, (_, index) => ({ atMs: 1000 + index / 50, value: 5 }));
  const line: Line = {
    points,
    style: 'buffer',
    shape: 'slope',
    isArea: false,
    isDashed: false,
    widthPx: 1,
    fillOpacity: 0,
  };
  expect(cornersOf(line, lane([], { values: [0, 10] }), scale).length).toBeLessThan(2500);
});

describe('time', () => {
  test('pixels and times are each other’s inverse', () => {
    expect(xOf(scale, 1250)).toBe(250);
    expect(timeAt(scale, xOf(scale, 1234.5))).toBeCloseTo(1234.5);
  });

  const full = { fromMs: 0, toMs: 1000 };
  test('zooming keeps what is under the pointer in place, and never leaves the whole', () => {
    expect(zoomed({ fromMs: 0, toMs: 1000 }, full, 0.5, 250)).toEqual({ fromMs: 125, toMs: 625 });
    expect(zoomed({ fromMs: 100, toMs: 200 }, full, 100, 150)).toEqual(full);
    expect(zoomed({ fromMs: 100, toMs: 110 }, full, 0.0001, 105)).toEqual({ fromMs: 102.5, toMs: 107.5 });
    expect(panned({ fromMs: 800, toMs: 900 }, full, 500)).toEqual({ fromMs: 900, toMs: 1000 });
    expect(within({ fromMs: -50, toMs: 50 }, full)).toEqual({ fromMs: 0, toMs: 100 });
  });

  test('an incident in view and wide enough leaves the view alone', () => {
    expect(revealed({ fromMs: 0, toMs: 1000 }, full, 400, 500)).toEqual({ fromMs: 0, toMs: 1000 });
    expect(revealed({ fromMs: 0, toMs: 300_000 }, { fromMs: 0, toMs: 300_000 }, 100_000, 101_000)).toEqual({
      fromMs: 98_500,
      toMs: 102_500,
    });
  });

  test('ticks are round and far enough apart, since the begin or on the clock', () => {
    expect(ticksOf({ baseMs: 1, fromMs: 0, toMs: 60_000, widthPx: 600 }, 'utc').map(({ label }) => label)).toEqual([
      '0:00',
      '0:10',
      '0:20',
      '0:30',
      '0:40',
      '0:50',
      '1:00',
    ]);
    expect(
      ticksOf({ baseMs: 0, fromMs: 1_795_294_677_640, toMs: 1_795_294_707_640, widthPx: 300 }, 'utc').map(
        ({ label }) => label
      )
    ).toEqual(['20:58:00', '20:58:10', '20:58:20']);
    expect(ticksOf({ baseMs: 1, fromMs: 500, toMs: 800, widthPx: 400 }, 'utc').map(({ label }) => label)).toContain(
      '0:00.7'
    );
  });
});

describe('keys', () => {
  const key = (name: string, more = {}) =>
    commandOf({ key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

  test('what a key means', () => {
    expect(key('n')).toEqual({ kind: 'incident', step: 1 });
    expect(key('ArrowLeft', { shiftKey: true })).toEqual({ kind: 'pan', share: -0.25 });
    expect(key('+')).toEqual({ kind: 'zoom', factor: 0.5 });
    expect([key('n', { ctrlKey: true }), key('x'), key('toString')]).toEqual([undefined, undefined, undefined]);
  });

  test('the cursor walks along a lane, keeps its time between lanes, and passes over empty ones', () => {
    const lanes = [lane([]), lane([mark(0, 10), mark(100, 10)]), lane([]), lane([mark(50, 10), mark(120, 10)])];
    const start = movedCursor(lanes, null, 'next')!;
    expect([start.laneIndex, start.mark.startMs]).toEqual([1, 1000]);
    const next = movedCursor(lanes, start, 'next')!;
    expect(movedCursor(lanes, next, 'next')).toEqual(next);
    const below = movedCursor(lanes, next, 'down')!;
    expect([below.laneIndex, below.mark.startMs]).toEqual([3, 1120]);
    expect(movedCursor(lanes, below, 'down')).toEqual(below);
    expect(movedCursor(lanes, below, 'up')!.laneIndex).toBe(1);
    expect(movedCursor(lanes, below, 'first')!.mark.startMs).toBe(1050);
    expect(movedCursor([lane([])], null, 'next')).toBeNull();
  });

  test('new data does not throw the cursor back to the begin', () => {
    const gone = { laneIndex: 0, mark: mark(100, 10) };
    expect(movedCursor([lane([mark(0, 10), mark(100, 10), mark(200, 10)])], gone, 'next')!.mark.startMs).toBe(1200);
  });
});
