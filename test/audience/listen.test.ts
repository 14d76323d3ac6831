import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AudioRequest, audioRequestOf, requestKindOf } from '../../collector/audience/audio-request.ts';
import { Listen } from '../../collector/audience/listen.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { audioRequest } from './facts.ts';

/** Every rule and boundary that a log line is judged by, with where it is written. */

const isSegment = true;
describe('what a request is by itself [semantics.md 7, valid log request]', () => {
  for (const [what, facts, segment, kind] of [
    ['206 of a file on demand is a start', {}, false, 'start'],
    ['206 of a file known to be on demand', { streamType: 'vod' }, false, 'start'],
    ['200 of a file on demand is a download', { status: 200 }, false, 'download'],
    ['200 of a segment on demand is a start', { status: 200 }, isSegment, 'start'],
    ['200 of live is a start', { status: 200, streamType: 'live' }, false, 'start'],
    ['200 of DVR is a start', { status: 200, streamType: 'dvr' }, false, 'start'],
    ['206 of live is not', { streamType: 'live' }, false, 'status'],
    ['HEAD is out', { method: 'HEAD' }, false, 'method'],
    ['OPTIONS is out [formats.md 6]', { method: 'OPTIONS' }, false, 'method'],
    ['400 is out', { status: 400 }, false, 'client_error'],
    ['404 is out', { status: 404 }, isSegment, 'client_error'],
    ['499 is out [formats.md 5: 400-499]', { status: 499 }, false, 'client_error'],
    ['304 delivers nothing', { status: 304 }, false, 'status'],
    ['503 delivers nothing', { status: 503 }, false, 'status'],
    ['nobody answered', { status: Number.NaN }, false, 'status'],
  ] as const) {
    test(what, () => expect(requestKindOf(audioRequest(facts), segment)).toBe(kind));
  }
});

function totalsOf(requests: readonly Partial<AudioRequest>[], segment = false, deliveredMs = 0) {
  const listen = new Listen(128);
  for (const facts of requests) listen.add(audioRequest(facts), segment);
  listen.addSegmentTime(deliveredMs);
  return listen.totals();
}

describe('the byte rule [semantics.md 7: 70,000 bytes; formats.md 6]', () => {
  const segment = (name: number, bytes = 48_000) => ({ status: 200, bytes, path: `/radio/${name}.aac` });
  for (const [what, requests, segmented, starts, downloads] of [
    ['69,999 bytes only look', [{ bytes: 69_999 }], false, 0, 0],
    ['70,000 bytes are a start', [{ bytes: 70_000 }], false, 1, 0],
    ['70,001 bytes are a start', [{ bytes: 70_001 }], false, 1, 0],
    ['a download of 69,999 bytes', [{ status: 200, bytes: 69_999 }], false, 0, 0],
    ['a download of 70,000 bytes', [{ status: 200, bytes: 70_000 }], false, 0, 1],
    ['two bytes, then all of it in a part', [{ bytes: 2 }, { bytes: 900_000 }], false, 1, 0],
    ['two bytes, then a download', [{ bytes: 2 }, { status: 200, bytes: 900_000 }], false, 0, 1],
    ['two parts that make 70,000', [{ bytes: 35_000 }, { bytes: 35_000, firstByte: 35_000 }], false, 1, 0],
    ['two parts that overlap stay below', [{ bytes: 40_000 }, { bytes: 40_000, firstByte: 20_000 }], false, 0, 0],
    ['two downloads are one object, not twice 40,000', Array(2).fill({ status: 200, bytes: 40_000 }), false, 0, 0],
    ['one HLS segment of 48,000 bytes', [segment(1)], isSegment, 0, 0],
    ['the same HLS segment twice', [segment(1), segment(1)], isSegment, 0, 0],
    ['two HLS segments of 48,000: the merged session', [segment(1), segment(2)], isSegment, 1, 0],
    ['bytes the log does not tell prove nothing', [{ bytes: Number.NaN }], false, 0, 0],
  ] as const) {
    test(what, () => expect(totalsOf(requests, segmented)).toMatchObject({ starts, downloads }));
  }
});

describe('streams and time from logs [semantics.md 7: 25 s delivered; section 6: bytes × 8 / bitrate]', () => {
  // 128 kbit/s are 16,000 bytes a second.
  for (const [what, requests, streams, seconds] of [
    ['24.999 s', [{ bytes: 399_984 }], 0, 24.999],
    ['25 s', [{ bytes: 400_000 }], 1, 25],
    ['the bitrate a player names', [{ bytes: 200_000, bitrateKbps: 64 }], 1, 25],
    ['parts are added', [{ bytes: 200_000 }, { bytes: 200_000, firstByte: 200_000 }], 1, 25],
    ['parts whose place is unknown too', Array(2).fill({ bytes: 200_000, firstByte: Number.NaN }), 1, 25],
    ['the same part twice is heard once', [{ bytes: 200_000 }, { bytes: 200_000 }], 0, 12.5],
    ['a download is no time', [{ status: 200, bytes: 400_000 }], 0, 0],
    ['too few bytes are no time', [{ bytes: 69_999 }], 0, 0],
    ['a live connection of 24.999 s', [{ status: 200, streamType: 'live', durationMs: 24_999 }], 0, 24.999],
    ['a live connection of 25 s', [{ status: 200, streamType: 'live', durationMs: 25_000 }], 1, 25],
  ] as const) {
    test(what, () => {
      const totals = totalsOf(requests);
      expect(totals.streams).toBe(streams);
      expect(totals.consumptionSeconds).toBeCloseTo(seconds, 6);
    });
  }

  test('segments count by their media time', () => {
    const segments = [1, 2].map((name) => ({ status: 200, bytes: 48_000, path: `/radio/${name}.aac` }));
    expect(totalsOf(segments, isSegment, 24_999)).toMatchObject({ starts: 1, streams: 0, consumptionSeconds: 24.999 });
    expect(totalsOf(segments, isSegment, 25_000)).toMatchObject({ starts: 1, streams: 1, consumptionSeconds: 25 });
  });
});

const REQUEST = fc.record({
  status: fc.constantFrom(200, 206, 404, 304),
  method: fc.constantFrom('GET', 'GET', 'HEAD'),
  path: fc.constantFrom('/a.mp3', '/b.mp3', '/c.mp3'),
  bytes: fc.integer({ min: 0, max: 200_000 }),
  firstByte: fc.integer({ min: 0, max: 300_000 }),
  bitrateKbps: fc.constantFrom(Number.NaN, 64, 320),
  streamType: fc.constantFrom('', 'live', 'vod'),
});

test('the order of requests within a window changes nothing', () => {
  const shuffled = fc
    .array(REQUEST, { maxLength: 12 })
    .chain((requests) =>
      fc.tuple(fc.constant(requests), fc.shuffledSubarray(requests, { minLength: requests.length })),
    );
  fc.assert(
    fc.property(shuffled, fc.boolean(), ([requests, others], segmented) => {
      expect(totalsOf(others, segmented)).toEqual(totalsOf(requests, segmented));
    }),
    { seed: 1 },
  );
});

test('splitting a byte range changes nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: MAX_BYTES }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (bytes, at) => {
        const cut = Math.floor(bytes * at);
        const parts = [{ bytes: cut }, { bytes: bytes - cut, firstByte: cut }];
        expect(totalsOf(parts)).toEqual(totalsOf([{ bytes }]));
      },
    ),
    { seed: 1 },
  );
});
const MAX_BYTES = 2_000_000;

test('one more line never takes anything back', () => {
  fc.assert(
    fc.property(fc.array(REQUEST, { minLength: 1, maxLength: 8 }), (requests) => {
      const named = requests.map((request) => ({ ...request, bitrateKbps: 128 }));
      const [before, after] = [totalsOf(named.slice(1)), totalsOf(named)];
      for (const key of ['starts', 'streams', 'downloads', 'consumptionSeconds'] as const)
        expect(after[key]).toBeGreaterThanOrEqual(before[key]);
    }),
    { seed: 1 },
  );
});

test('a report as the rules see it: a 200 begins at its first byte, a 206 somewhere', () => {
  const report = Object.assign(new RequestReport(), { status: 206, bodyBytes: Number.NaN, totalBytes: 512 });
  expect(audioRequestOf(report)).toMatchObject({ bytes: 512, firstByte: Number.NaN });
  report.status = 200;
  report.bodyBytes = 500;
  expect(audioRequestOf(report)).toMatchObject({ bytes: 500, firstByte: 0 });
});
