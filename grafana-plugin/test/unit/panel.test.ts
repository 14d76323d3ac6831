import {
  FieldType,
  getPanelDataSummary,
  MappingType,
  toDataFrame,
  createTheme,
  type ValueMapping,
} from '@grafana/data';
import { describe, expect, test } from 'vitest';
import { announce, describeMark } from '../../src/chart/describe';
import { mappedWord } from '../../src/chart/mapped-word';
import { paletteOf } from '../../src/chart/palette';
import { DEFAULT_LANES } from '../../src/defaults';
import { readFrames } from '../../src/frames/read-frames';
import { sessionLanes } from '../../src/lanes';
import { type Lane } from '../../src/lanes/lane';
import { percentile } from '../../src/lanes/upstream-lanes';
import { migrate } from '../../src/migrations';
import { isFiltering, isolated, isShown, NO_FILTER, type RequestFilter, toggled } from '../../src/model/filter';
import { nextIncident } from '../../src/model/next-incident';
import { formatBitrate, formatBytes, formatClock, formatDuration } from '../../src/model/numbers';
import { OUTCOMES } from '../../src/model/outcomes';
import { readSessions } from '../../src/model/read-sessions';
import { suggest } from '../../src/suggestions';
import { type Recorded, recordedFrame, traceFrame } from '../frames';

const palette = paletteOf(createTheme(), [], []);
const lanesOf = (name: Recorded, filter: RequestFilter = NO_FILTER): Lane[] => {
  const [{ session, rows }] = readSessions(readFrames([recordedFrame(name)]));
  return sessionLanes({ session, rows, overlays: [], filter }, DEFAULT_LANES);
};

describe('lanes', () => {
  test('of a whole session, from player to origin', () => {
    const lanes = lanesOf('hls-failover2.tempo');
    expect(lanes.map(({ id, detail, missing }) => [id, detail, missing])).toEqual([
      ['player', '', ''],
      ['buffer', '0–10 s', ''],
      ['rendition', '0.3 · 2.8 Mbit/s', ''],
      ['cdn:edge-a', '5 failed, 0% hits', ''],
      ['cdn:edge-b', '11 slow, 0% hits', ''],
      ['origin:origin-1', expect.stringMatching(/^origin, p95 /), ''],
    ]);
  });

  test('say which side is missing', () => {
    const missing = (name: Recorded) => lanesOf(name).flatMap((lane) => (lane.missing === '' ? [] : [lane.label]));
    expect(missing('hls-failover2-no-cdn.tempo')).toEqual(['CDN log', 'Origin']);
    expect(lanesOf('hls-failover2-no-player.tempo')[0].detail).toBe('not reported, inferred');
  });

  test('marks are in order of their starts, as searching needs', () => {
    for (const { marks } of lanesOf('lab-incidents.tempo')) {
      const starts = marks.map(({ startMs }) => startMs);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
    }
  });

  test('a filter hides requests and says how many are left', () => {
    const lanes = lanesOf('hls-failover2.tempo', { ...NO_FILTER, outcomes: new Set(['miss', 'aborted']) });
    expect(lanes.find(({ id }) => id === 'cdn:edge-a')).toMatchObject({
      marks: { length: 5 },
      detail: expect.stringMatching(/^5 of \d+ shown$/),
    });
  });

  test('a table alone shows only its own lanes', () => {
    const frame = toDataFrame({
      name: 'T',
      fields: [
        { name: 'time', values: [0, 5] },
        { name: 'duration', values: [10, 10] },
        { name: 'lane', values: ['a', 'b'] },
        { name: 'state', values: ['x', 'y'] },
      ],
    });
    const [{ session, rows }] = readSessions(readFrames([frame]));
    expect(
      sessionLanes({ session, rows, overlays: [], filter: NO_FILTER }, DEFAULT_LANES).map(({ label }) => label)
    ).toEqual(['a', 'b']);
    expect([session.startMs, session.endMs]).toEqual([0, 15]);
  });

  test('a series goes where its field says', () => {
    const series = (lane: string) =>
      toDataFrame({
        fields: [
          { name: 'Time', type: FieldType.time, values: [1, 2] },
          { name: 'v', type: FieldType.number, values: [1, 40], config: { custom: { lane } } },
        ],
      });
    const read = readFrames([recordedFrame('hls-rebuffer.tempo'), series('own'), series('buffer')]);
    const [{ session, rows }] = readSessions(read);
    const lanes = sessionLanes({ session, rows, overlays: read.overlays, filter: NO_FILTER }, DEFAULT_LANES);
    expect(lanes.find(({ id }) => id === 'buffer')).toMatchObject({ lines: { length: 2 }, values: [0, 40] });
    expect(lanes.filter(({ id }) => id.startsWith('overlay:'))).toHaveLength(1);
  });

  test('a request is described whole, and said in a sentence', () => {
    const lane = lanesOf('hls-failover2.tempo').find(({ id }) => id === 'cdn:edge-b')!;
    const slow = lane.marks.find(({ isSlow }) => isSlow)!;
    const facts = new Map(describeMark(slow, palette).facts);
    expect(facts.get('Outcome')).toBe('Cache miss (200)');
    expect(facts.get('Reported by')).toBe('player → edge → origin');
    expect(facts.get('Slower than realtime')).toMatch(/^1\.0\d× its own length$/);
    expect(facts.get('Joined by')).toMatch(/^sid\+url\+order, 95% sure$/);
    expect(announce(lane, slow, slow.startMs - 9000, palette)).toMatch(
      /^edge-b: muxed seg_013\.m4s, at 0:09\.0\. Outcome Cache miss \(200\), CDN edge-b, Duration 2\.01 s/
    );
  });
});

test('the next incident follows the chosen one, or the view, and goes round', () => {
  const incidents = [1, 2, 3].map((number) => ({ id: String(number), startMs: number * 100 })) as unknown as Parameters<
    typeof nextIncident
  >[0];
  expect(nextIncident(incidents, null, 1, 150)?.id).toBe('2');
  expect(nextIncident(incidents, null, -1, 150)?.id).toBe('1');
  expect(nextIncident(incidents, incidents[2], 1, 0)?.id).toBe('1');
  expect(nextIncident(incidents, incidents[0], -1, 0)?.id).toBe('3');
  expect(nextIncident([], null, 1, 0)).toBeUndefined();
});

test('filters hide by value, and a legend isolates', () => {
  const hidden = toggled(new Set<string>(), 'a');
  expect([...hidden]).toEqual(['a']);
  expect([...toggled(hidden, 'a')]).toEqual([]);
  const alone = isolated(new Set<(typeof OUTCOMES)[number]>(), '5xx', OUTCOMES);
  expect(alone.size).toBe(OUTCOMES.length - 1);
  expect(isolated(alone, '5xx', OUTCOMES).size).toBe(0);
  expect([isFiltering(NO_FILTER), isFiltering({ ...NO_FILTER, cdns: hidden })]).toEqual([false, true]);
  expect(isShown({ ...NO_FILTER, cdns: hidden }, { cdn: 'a', outcome: 'hit', objectType: 'video' } as never)).toBe(
    false
  );
});

test.each([
  [
    formatDuration,
    [NaN, 0.25, 7, 850.4, 4572, 12_345, 65_000, 3_723_000],
    ['–', '0.25 ms', '7 ms', '850 ms', '4.57 s', '12.3 s', '1:05 min', '1:02:03 h'],
  ],
  [formatClock, [0, 9_000, 750_000, 3_723_000, -1500], ['0:00', '0:09', '12:30', '1:02:03', '-0:02']],
  [formatBitrate, [290_000, 2_820_000, NaN], ['290 kbit/s', '2.82 Mbit/s', '–']],
  [formatBytes, [512, 71_469, 9_155_722], ['512 B', '71.5 kB', '9.2 MB']],
] as const)('%o writes numbers for people', (format, numbers, words) =>
  expect(numbers.map((number) => format(number))).toEqual(words)
);

test('nearest-rank percentile', () => expect([percentile([3, 1, 2], 0.95), percentile([5], 0.5)]).toEqual([3, 5]));

describe('colours', () => {
  const mapping = (options: object, type: MappingType = MappingType.ValueToText): ValueMapping =>
    ({ type, options }) as ValueMapping;

  test('value mappings restyle states and outcomes', () => {
    const own = paletteOf(createTheme(), [mapping({ stalled: { color: 'purple', text: 'Buffering' } })], []);
    expect(own.swatch('stalled')).toEqual({
      fill: createTheme().visualization.getColorByName('purple'),
      pattern: 'diagonal',
      text: 'Buffering',
    });
    expect(own.swatch('playing')).toEqual(palette.swatch('playing'));
  });

  test('patterns match, and a broken one matches nothing', () => {
    expect(
      mappedWord([mapping({ pattern: '/^[45]xx$/', result: { color: 'pink' } }, MappingType.RegexToText)], '5xx')
    ).toEqual({ color: 'pink' });
    expect(mappedWord([mapping({ pattern: '/[/', result: {} }, MappingType.RegexToText)], '5xx')).toBeUndefined();
    expect(mappedWord([mapping({})], 'toString')).toBeUndefined();
  });

  test('no two outcomes and no two states look the same, with or without colour', () => {
    for (const theme of [createTheme(), createTheme({ colors: { mode: 'light' } })]) {
      const { swatch } = paletteOf(theme, [], []);
      const fills = OUTCOMES.map((outcome) => swatch(outcome).fill);
      expect(new Set(fills).size).toBe(OUTCOMES.length);
    }
    const bad = (['4xx', '5xx', 'timeout', 'aborted', 'unanswered'] as const).map(
      (outcome) => palette.swatch(outcome).pattern
    );
    expect(new Set(bad).size).toBe(bad.length);
    expect(bad).not.toContain('none');
  });

  test('a word of a table keeps its colour', () =>
    expect(palette.swatch('encoding')).toEqual(paletteOf(createTheme(), [], []).swatch('encoding')));
});

describe('options of other versions', () => {
  test('are completed and repaired', () => {
    expect(migrate({ options: { timeAxis: 'nonsense' as never, lanes: { buffer: false } as never } })).toMatchObject({
      timeAxis: 'session',
      sessions: 'compare',
      showVerdict: true,
      lanes: { player: true, buffer: false, upstream: true },
    });
  });

  test('stay as they are when migrated again', () => {
    const once = migrate({ options: { wheelZoom: 'always', showOverview: false } });
    expect(migrate({ options: once, pluginVersion: '0.1.0' })).toEqual(once);
  });
});

describe('suggestions', () => {
  test('the panel is the best for its own traces', () => {
    expect(suggest(getPanelDataSummary([recordedFrame('hls-failover2.jaeger')]))).toMatchObject([{ score: 100 }]);
  });

  test.each([
    ['nothing', []],
    ['numbers', [toDataFrame({ fields: [{ name: 'v', values: [1] }] })]],
    ['a trace of something else', [traceFrame([{ name: 'GET /', at: 0, ms: 1 }])]],
  ])('not for %s', (_, frames) => expect(suggest(getPanelDataSummary(frames))).toEqual([]));
});
