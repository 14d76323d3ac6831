import { expect, test } from 'vitest';
import { decideVerdict, RULES } from '../../collector/correlate/incidents/verdicts.ts';
import { Cmcd } from '../../collector/model/cmcd.ts';
import { VERDICTS } from '../../collector/model/incident.ts';
import { playerEvent } from './playback-log.ts';
import { T0 } from './support.ts';
import { before, crawling, cutOff, dry, rows, storm } from './verdict-rows.ts';
import { evidenceOf, fetched, healthy, incident, stall } from './wire.ts';

/** A request whose log line says how much the player had. */
const withBuffer = (at: number, bufferMs: number) => {
  const request = fetched({ at, tookMs: 100 });
  if (request.edge) request.edge.report.cmcd.bufferMs = bufferMs;
  return request;
};

test('a line that dates to a second, and may be of after a stall, tells nothing of the buffer before it', () => {
  const late = fetched({ at: 8_000, tookMs: 9_000, cache: 'miss', origin: { ttfbMs: 8_500 }, edge: { ttfbMs: 8_600 } });
  const after = fetched({ at: 15_900, tookMs: 5_000, edge: { cmcd: Object.assign(new Cmcd(), { bufferMs: 4_000 }) } });
  const verdictWith = (precisionMs: number): string => {
    if (after.player) after.player.precisionMs = precisionMs;
    return decideVerdict(dry, evidenceOf([...before, late, after])).verdict;
  };
  expect(verdictWith(1_000)).toBe('origin_slow');
  expect(verdictWith(1)).not.toBe('origin_slow');
});

const polls = (fromMs: number, toMs: number) =>
  Array.from({ length: (toMs - fromMs) / 1_000 }, (_, i) =>
    fetched({ at: fromMs + i * 1_000, tookMs: 30, type: 'manifest', path: '/live/index.m3u8', bytes: 900 }),
  );
test('a live player whose next segment shows that it fetched others meanwhile had no stale playlist', () => {
  const segment = (at: number, number: number) => fetched({ at, tookMs: 200, path: `/live/v/seg_${number}.m4s` });
  const verdictAfter = (next: number): string => {
    const requests = [
      segment(0, 1),
      segment(2_000, 2),
      segment(4_000, 3),
      ...polls(6_500, 16_500),
      segment(17_000, next),
    ];
    return decideVerdict(stall(14_000, 18_000), evidenceOf(requests, { streamType: 'live' })).verdict;
  };
  expect(verdictAfter(4)).toBe('manifest_stale');
  expect(verdictAfter(9)).not.toBe('manifest_stale');
});

rows('manifest_stale', [
  [
    'a live playlist is polled and shows nothing new',
    dry,
    evidenceOf([...before, ...polls(8_500, 19_500)], { streamType: 'live' }),
    0.7,
  ],
  ['polling tells that it is live', dry, evidenceOf([...before, ...polls(8_500, 19_500)], { streamType: '' }), 0.7],
  [
    'the next live segment does not exist',
    dry,
    evidenceOf(
      [
        ...before,
        ...[8_000, 10_000, 12_000, 14_000].map((at) => cutOff(at, { status: 404 })),
        fetched({ at: 19_000, tookMs: 900 }),
      ],
      { streamType: 'live' },
    ),
    0.7,
  ],
]);

rows('ad', [
  [
    'it stood still in an ad and everything of ours came in time',
    stall(16_000, 20_000, { isInAd: true }),
    evidenceOf(healthy(0, 20_000)),
    0.7,
    0.8,
  ],
  [
    'the ad never came',
    incident('startup_failure', 0, 9_000),
    evidenceOf([], { errors: [playerEvent(9_000, 'error', { isFatal: true, errorCode: '10010', message: 'VAST' })] }),
    0.75,
    0.85,
  ],
]);

rows('failover', [
  [
    'the move itself took the time',
    stall(9_000, 12_500),
    evidenceOf(
      [
        ...before,
        ...[8_200, 9_200, 10_200, 11_200].map((at) => fetched({ at, tookMs: 500, type: 'manifest', cdn: 'edge-b' })),
        fetched({ at: 12_000, tookMs: 300, cdn: 'edge-b' }),
      ],
      { switches: [{ from: 'edge-a', to: 'edge-b', atMs: T0 + 12_000, reason: 'steering' }] },
    ),
    0.6,
    0.8,
  ],
]);

rows('client', [
  [
    'the player says it has enough, though a segment was late',
    stall(16_000, 20_000),
    evidenceOf([...before, fetched({ at: 8_000, tookMs: 4_000, edge: { ttfbMs: 3_900 } }), withBuffer(14_000, 9_000)]),
    0.5,
    0.8,
  ],
  [
    'more came than could be played, though a segment was late',
    stall(4_000, 9_000),
    evidenceOf(
      [0, 1, 2, 3, 4].map((n) => fetched({ at: n * 500, tookMs: n === 0 ? 2_400 : 100, path: `/v/seg_${n}.m4s` })),
    ),
    0.5,
    0.8,
  ],
  [
    'it gave up although nothing was refused',
    incident('playback_failure', 16_000, 16_000),
    evidenceOf([...before, fetched({ at: 8_000, tookMs: 4_000, bytes: 50_000 })]),
    0.5,
    0.7,
  ],
  [
    'media came in time and the decoder broke',
    incident('playback_failure', 9_000, 9_000),
    evidenceOf(before, { errors: [playerEvent(9_000, 'error', { isFatal: true, errorCode: 'bufferAppendError' })] }),
    0.85,
  ],
  ['media came in time and nothing moved', dry, evidenceOf(healthy(0, 16_000)), 0.6, 0.8],
  [
    'after a seek too, if it lasts',
    stall(5_000, 30_000, { stallKind: 'seek' }),
    evidenceOf(healthy(4_900, 9_000)),
    0.4,
    0.8,
  ],
]);

rows('unknown', [
  ['nothing is on record', dry, evidenceOf([]), 0, 0],
  [
    "a seek that waits for its media is nobody's fault",
    stall(5_000, 5_600, { stallKind: 'seek' }),
    evidenceOf([fetched({ at: 5_000, tookMs: 500 })]),
    0,
    0,
  ],
]);

test('a refill after a jump is told as one; a wait of which nothing is known is not', () => {
  const jump = stall(5_000, 5_600, { stallKind: 'seek' });
  const refilled = decideVerdict(jump, evidenceOf([fetched({ at: 5_000, tookMs: 500 })]));
  expect(refilled.cause).toBe('the viewer jumped, and the player filled its buffer there; nothing held it up');
  expect(decideVerdict(jump, evidenceOf([])).cause).toBe('nothing on record explains it');
  expect(decideVerdict(dry, evidenceOf([])).cause).toBe('nothing on record explains it');
});

test('an old fault that the buffer survived is not blamed for a later stall', () => {
  const old = [cutOff(0), cutOff(1_000), fetched({ at: 2_000, tookMs: 50 })];
  const late = evidenceOf([
    ...old,
    ...healthy(2_100, 14_000),
    crawling(14_000, 9_900, { player: null, edge: { ttfbMs: 3 } }),
  ]);
  expect(decideVerdict(stall(22_000, 24_000), late).verdict).toBe('network');
});

test('what was asked for after the stall is not blamed', () => {
  const after = fetched({ at: 20_100, tookMs: 9_000, status: 503, cache: '' });
  expect(decideVerdict(dry, evidenceOf([...before, crawling(8_000, 11_900), after])).verdict).toBe('network');
});

test('two causes at once lower the confidence of the larger', () => {
  const clear = decideVerdict(
    dry,
    evidenceOf([...before, crawling(8_000, 11_900, { player: null, edge: { ttfbMs: 3 } })]),
  );
  const mixed = decideVerdict(
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 9_000, 10_000].map((at) => cutOff(at)),
      crawling(12_000, 7_900, { player: null, edge: { ttfbMs: 3 } }),
    ]),
  );
  expect([clear.verdict, mixed.verdict]).toEqual(['network', 'network']);
  expect(mixed.confidence).toBeLessThan(clear.confidence);
});

test('the evidence is the requests that show the cause, in order of time', () => {
  const decision = decideVerdict(dry, evidenceOf([...storm, ...before].reverse()));
  expect(decision.evidence).toEqual(storm.map(({ spanId }) => spanId));
});

test('every verdict but unknown has a rule, and the table knows no other', () => {
  expect(new Set(RULES.map(({ verdict }) => verdict))).toEqual(
    new Set(VERDICTS.filter((verdict) => verdict !== 'unknown')),
  );
});
