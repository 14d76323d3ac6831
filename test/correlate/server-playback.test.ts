import { describe, expect, test } from 'vitest';
import { ServerPlayback } from '../../collector/correlate/server/server-playback.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import { PlaybackLog } from './playback-log.ts';
import { type Cmcd, manifest, segment, steady, watched } from './server-lines.ts';
import { edgeRequest, T0 } from './support.ts';

describe('startup', () => {
  for (const [name, requests, startupMs] of [
    ['is first manifest request to the end of the first segment', [manifest(0), segment(0, 150, 400)], 550],
    [
      "is the player's own measure where it sends one",
      [manifest(0), segment(0, 150, 400, { version: 2 }), segment(1, 600, 100, { version: 2, startDelayMs: 820 })],
      820,
    ],
    [
      'ignores the measure dash.js makes before it plays',
      [manifest(0, { version: 2, startDelayMs: 1 }), ...steady(0, 8, 150, { version: 2 })],
      350,
    ],
    [
      'is unknown when media was loaded ahead of the request',
      [manifest(0, { state: 'preloading' }), segment(0, 150, 400, { state: 'preloading' }), segment(1, 60_000, 100)],
      Number.NaN,
    ],
    ['is unknown without a manifest', [segment(0, 150, 400)], Number.NaN],
  ] as const) {
    test(name, () => expect(watched(requests).server.qoe.startupMs).toBe(startupMs));
  }

  test('a preload is no attempt', () => {
    expect(watched([manifest(0, { state: 'preloading' })]).log.attempts).toEqual([]);
    expect(watched([manifest(0)]).log.attempts).toEqual([0]);
  });
});

describe('viewing time', () => {
  for (const [name, requests, playingMs] of [
    ['is the sum of distinct segments', [manifest(0), ...steady(0, 10, 100)], 40_000],
    [
      'counts a segment fetched in two renditions once',
      [
        manifest(0),
        ...steady(0, 5, 100),
        edgeRequest({ at: 16_500, path: '/v0/seg_4.m4s', durationMs: 50, cmcd: { objectDurationMs: 4_000 } }),
      ],
      20_000,
    ],
    [
      'counts a retried segment once',
      [manifest(0), segment(0, 100, 50), segment(1, 4_000, 50), segment(1, 4_200, 50)],
      8_000,
    ],
    [
      'does not count demuxed audio beside video',
      [
        manifest(0),
        ...steady(0, 5, 100),
        ...steady(0, 5, 110).map((request) => ({
          ...request,
          objectType: 'audio' as const,
          path: request.path.replace('v2', 'a'),
        })),
      ].toSorted((a, b) => a.startMs - b.startMs),
      20_000,
    ],
    [
      'counts audio when there is only audio',
      [manifest(0), ...steady(0, 5, 100).map((request) => ({ ...request, objectType: 'audio' as const }))],
      20_000,
    ],
    [
      'is no more than the clock plus a buffer',
      [manifest(0), ...Array.from({ length: 30 }, (_, n) => segment(n, 100 + n * 100, 50))],
      2_950 + 30_000,
    ],
    [
      'leaves out what did not arrive',
      [
        manifest(0),
        segment(0, 100, 50),
        segment(1, 4_000, 50, {}, { status: 503 }),
        segment(2, 8_000, 50, {}, { isComplete: false }),
      ],
      4_000,
    ],
    [
      'knows names without a number',
      [
        manifest(0),
        ...['a9f', 'b3c', 'a9f'].map((hash, i) =>
          edgeRequest({
            at: 100 + i * 4_000,
            path: `/v/${hash}0c1d2e.ts`,
            durationMs: 50,
            cmcd: { objectDurationMs: 4_000 },
          }),
        ),
      ],
      8_000,
    ],
    [
      'counts a number again in another timeline',
      [
        manifest(0),
        segment(0, 100, 50),
        edgeRequest({ at: 4_000, path: '/ad/clip-7.m4s', durationMs: 50, cmcd: { objectDurationMs: 4_000 } }),
        edgeRequest({ at: 8_000, path: '/v2/chunk-0.m4s', durationMs: 50, cmcd: { objectDurationMs: 4_000 } }),
      ],
      12_000,
    ],
  ] as const) {
    test(name, () => expect(watched(requests).server.qoe.playingMs).toBe(playingMs));
  }

  const untimed = (at: number, n: number) => segment(n, at, 200, { objectDurationMs: Number.NaN });
  test('takes the configured duration where none is stated', () => {
    const requests = [manifest(0), ...[0, 1, 2].map((n) => untimed(n * 2_000, n))];
    expect(watched(requests, { segmentMs: 2_000 }).server.qoe.playingMs).toBe(6_000);
  });

  test('learns the duration from the rhythm of a player with a full buffer', () => {
    const burst = [0, 1, 2, 3].map((n) => untimed(100 + n * 250, n));
    const rhythm = Array.from({ length: 12 }, (_, i) => untimed(2_000 + i * 4_000, 4 + i));
    expect(watched([manifest(0), ...burst, ...rhythm]).server.qoe.playingMs).toBe(16 * 4_000);
  });

  test('counts what lies between segments that a player fetched first to probe its timeline', () => {
    const order = [0, 7, 14, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const fetched = order.map((n, at) => segment(n, 100 + at * 4_000, 100));
    expect(watched([manifest(0), ...fetched]).server.qoe.playingMs).toBe(11 * 4_000);
  });

  test('takes the rhythm of the first tries, of which audio and video of one number are one', () => {
    const aborted = edgeRequest({ at: 8_000, path: '/v2/seg_6.m4s', durationMs: 1_000, isComplete: false });
    const both = [0, 1, 2, 3, 4, 5].flatMap((n) => [
      untimed(2_000 * (n - 2), n),
      edgeRequest({ at: 2_000 * (n - 2) + 700, path: `/a1/seg_${n}.m4s`, durationMs: 50, bodyBytes: 10_000 }),
    ]);
    const again = [7, 8, 9].map((n) => untimed(9_000 + (n - 6) * 5_000, n));
    const requests = [manifest(-5_000), ...both, aborted, untimed(9_000, 6), ...again];
    expect(watched(requests).server.qoe.playingMs).toBe(10 * 2_000);
  });

  test('while the rhythm is not known is the time that passed at most', () => {
    const server = new ServerPlayback(new PlaybackLog(), {});
    for (const request of [manifest(0), untimed(100, 0), untimed(600, 1), untimed(900, 2)]) server.step(request);
    server.advance(T0 + 2_000);
    expect(server.qoe.playingMs).toBe(1_000);
    server.finish(T0 + 2_000);
    expect(server.qoe.playingMs).toBe(18_000);
  });

  test('is told when the rhythm is known: what came too late before that was a stall', () => {
    const log = new PlaybackLog();
    const server = new ServerPlayback(log, {});
    const fill = [0, 1, 2].map((n) => untimed(100 + n * 200, n));
    const late = edgeRequest({ at: 600, path: '/v2/seg_3.m4s', durationMs: 9_000, ttfbMs: 20, bodyBytes: 1_000_000 });
    const steady = (from: number) => [0, 1, 2, 3].map((i) => untimed(10_000 + (from + i) * 2_000, 4 + from + i));
    for (const request of [manifest(0), ...fill, late]) server.step(request);
    server.advance(T0 + 9_700);
    expect(server.untoldMs).toBe(T0 + 300);
    expect(log.stalls).toEqual([]);
    for (const request of [...steady(0), ...steady(4)]) server.step(request);
    expect(server.untoldMs).toBe(Number.POSITIVE_INFINITY);
    expect(server.segmentMs).toBe(2_000);
    // Three segments of 2 s from the end of the first on.
    expect(log.stalls).toMatchObject([{ beginMs: 6_300, endMs: 9_600 }]);
  });

  test.each([
    ['requests', 200, 100],
    ['two minutes', 10, 30_000],
  ])('waits for a rhythm only so many %s', (_, count, everyMs) => {
    const server = new ServerPlayback(new PlaybackLog(), {});
    // Numbers that never follow each other have none.
    for (let n = 0; n < count; n++) server.step(untimed(n * everyMs, 1_000 - n));
    expect(server.untoldMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('of a whole file is bytes by bitrate', () => {
    const file = (more: Cmcd) =>
      edgeRequest({
        at: 0,
        path: '/show/episode-12.mp3',
        objectType: 'audio',
        durationMs: 900,
        bodyBytes: 1_600_000,
        cmcd: more,
      });
    expect(watched([file({})]).server.qoe.playingMs).toBe(100_000);
    expect(watched([file({ bitrateKbps: 256 })]).server.qoe.playingMs).toBe(50_000);
    const film = edgeRequest({ at: 0, path: '/film.mp4', objectType: 'video', durationMs: 900, bodyBytes: 9_000_000 });
    expect(watched([film]).server).toMatchObject({ hasStarted: true, qoe: { playingMs: 0 } });
  });
});

describe('renditions', () => {
  const at = (n: number, kbps: number, atMs: number): JoinedRequest => segment(n, atMs, 100, { bitrateKbps: kbps });
  for (const [name, requests, switches] of [
    [
      'change between consecutive segments',
      [at(0, 600, 0), at(1, 600, 4_000), at(2, 2_000, 8_000), at(3, 300, 12_000)],
      [
        [600, 2_000, 'up'],
        [2_000, 300, 'down'],
      ],
    ],
    ['a probe of the first position is not shown (hls.js)', [at(0, 300, 0), at(0, 2_000, 200), at(1, 2_000, 400)], []],
    [
      'a position fetched again shows its last rendition',
      [at(0, 2_000, 0), at(1, 2_000, 4_000), at(1, 300, 4_500), at(2, 2_000, 8_000)],
      [
        [2_000, 300, 'down'],
        [300, 2_000, 'up'],
      ],
    ],
  ] as const) {
    test(name, () => {
      const { log } = watched([manifest(0), ...requests]);
      expect(log.switches.map(({ fromKbps, toKbps, direction }) => [fromKbps, toKbps, direction])).toEqual(switches);
    });
  }

  test('the average bitrate is measured from the bytes when no bitrate is named', () => {
    const { renderedKbit, renderedMediaSeconds } = watched([manifest(0), ...steady(0, 4, 100)]).server.qoe;
    expect(renderedKbit / renderedMediaSeconds).toBe(2_000);
  });
});

describe('failure', () => {
  test('a playlist that is refused is a failure, one that came after is none', () => {
    const refused = edgeRequest({ at: 0, path: '/v/main.m3u8', objectType: 'manifest', status: 403 });
    expect(watched([refused]).server.isFailed).toBe(true);
    expect(watched([refused, manifest(500)]).server.isFailed).toBe(false);
  });

  test('the last segment refused is one', () => {
    expect(watched([manifest(0), segment(0, 100, 50), segment(1, 4_000, 5, {}, { status: 503 })]).server.isFailed).toBe(
      true,
    );
  });
});
