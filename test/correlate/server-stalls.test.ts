import { describe, expect, test } from 'vitest';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import type { PlayerState } from '../../collector/model/media.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { type Cmcd, manifest, segment, steady, watched } from './server-lines.ts';
import { edgeRequest } from './support.ts';

const playlist = (path: string, at: number, tookMs: number, more: Partial<RequestReport> = {}): JoinedRequest =>
  edgeRequest({ at, path, objectType: 'manifest', durationMs: tookMs, ...more });

const init = (at: number, tookMs: number): JoinedRequest =>
  edgeRequest({ at, path: '/v1/init.mp4', objectType: 'init', durationMs: tookMs });

describe('inferred stalls', () => {
  const full = [manifest(0), ...steady(0, 5, 100)];
  for (const [name, requests, stalls] of [
    [
      'delivered media runs out while the next segment is on its way',
      [...full, segment(5, 20_100, 7_000)],
      [[20_300, 27_100, 'connection']],
    ],
    [
      'while it is refused again and again',
      [
        ...full,
        ...[17_000, 19_000, 23_000].map((at) => segment(5, at, 5, {}, { status: 503 })),
        segment(5, 26_000, 300),
      ],
      [[20_300, 26_300, 'connection']],
    ],
    [
      'not while nothing is asked for: that is a pause',
      [...full, segment(5, 90_000, 300), segment(6, 94_000, 300)],
      [],
    ],
    ['not when the buffer lasts', [...full, segment(5, 18_000, 2_000), segment(6, 20_100, 300)], []],
    ['not below 250 ms', [...full, segment(5, 20_100, 440)], []],
    [
      "at the player's word on its buffer",
      [...full, segment(5, 16_500, 9_000, { bufferMs: 8_000 })],
      [[24_500, 25_500, 'connection']],
    ],
    [
      'while the playlist that names the next segment is on its way',
      [...full, playlist('/v1/index.m3u8', 17_000, 8_000), segment(5, 25_000, 300)],
      [[20_300, 25_300, 'connection']],
    ],
    [
      'while an init segment is, and its playlist before it',
      [...full, playlist('/v1/index.m3u8', 17_000, 4_000), init(21_200, 3_800), segment(5, 25_000, 300)],
      [[20_300, 25_300, 'connection']],
    ],
    [
      'until the viewer leaves, when nothing came of a playlist',
      [...full, playlist('/v1/index.m3u8', 17_000, 20_000, { isComplete: false })],
      [[20_300, 37_000, 'connection']],
    ],
    [
      'while a live playlist takes longer than what it may tell of',
      [...full, playlist('/v/main.m3u8', 17_000, 6_000), segment(5, 23_000, 300)],
      [[20_300, 23_300, 'connection']],
    ],
    [
      'not while a live playlist is polled and answered',
      [...full, ...[20, 24, 28, 32].map((at) => playlist('/v/main.m3u8', at * 1_000, 1_000)), segment(5, 33_000, 300)],
      [],
    ],
    ['seek-induced when the position jumped', [...full, segment(60, 17_000, 3_000)], [[17_000, 20_000, 'seek']]],
  ] as const) {
    test(name, () => {
      const { log, server } = watched(requests);
      expect(log.stalls.map(({ beginMs, endMs, kind }) => [beginMs, endMs, kind])).toEqual(stalls);
      expect(log.stalls.every(({ precision }) => precision === 'inferred')).toBe(true);
      expect(server.qoe.stalls + server.qoe.seekStalls).toBe(stalls.length);
    });
  }

  test('the word on the buffer counts a segment that only the rounding of the log puts after it', () => {
    const rounded = { precisionMs: 1_000 };
    const requests = [
      segment(5, 16_500, 9_000, { bufferMs: 4_000 }),
      segment(6, 25_000, 6_000, { bufferMs: 4_000 }, rounded),
    ];
    const { log } = watched([...full, ...requests]);
    expect(log.stalls.map(({ beginMs, endMs }) => [beginMs, endMs])).toEqual([
      [20_500, 25_500],
      [29_500, 31_000],
    ]);
  });

  test('the player plays after it, says a request that such a log dates before the arrival', () => {
    const rounded = { precisionMs: 1_000 };
    const next = segment(6, 27_000, 300, { state: 'playing', bufferMs: 4_000 }, rounded);
    expect(watched([...full, segment(5, 20_100, 7_500), next]).log.stalls).toHaveLength(1);
  });

  test('before a player first says that it plays, when it says then that it starved', () => {
    const starting = [
      manifest(0, { state: 'starting' }),
      segment(0, 100, 900, { state: 'starting', bufferMs: 0 }),
      segment(1, 1_000, 12_000, { state: 'starting', bufferMs: 4_000 }),
    ];
    const { server } = watched([
      ...starting,
      segment(2, 13_500, 300, { state: 'playing', bufferMs: 3_500, isStarved: true }),
    ]);
    expect(server.qoe).toMatchObject({ stalls: 1, stalledMs: 8_000 });
  });

  test('not while a player starts, whatever it calls that (dash.js)', () => {
    const said = { state: 'rebuffering', bufferMs: 0 } as const;
    const audio = { ...segment(0, 300, 8_000, said), objectType: 'audio' as const, path: '/a/seg_0.m4s' };
    const { log } = watched([manifest(0), segment(0, 100, 100, said), audio, segment(1, 8_400, 100)]);
    expect(log.stalls).toEqual([]);
  });

  test('positions fetched again after a jump back fill the buffer again', () => {
    const { log } = watched([
      manifest(0),
      ...steady(0, 30, 100),
      ...[4, 5, 6, 7].map((n, i) => segment(n, 118_000 + i * 400, 300)),
      segment(8, 122_000, 5_000),
    ]);
    expect(log.stalls.map(({ beginMs, endMs, kind }) => [beginMs, endMs, kind])).toEqual([[118_000, 118_300, 'seek']]);
  });

  test('demuxed audio starves playback too', () => {
    const audio = (n: number, at: number, tookMs: number): JoinedRequest => ({
      ...segment(n, at, tookMs),
      objectType: 'audio',
      path: `/a/seg_${n}.m4s`,
    });
    const both = [0, 1, 2].flatMap((n) => [segment(n, 100 + n * 4_000, 100), audio(n, 110 + n * 4_000, 100)]);
    const { log } = watched([manifest(0), ...both, segment(3, 12_100, 100), audio(3, 12_110, 4_000)]);
    expect(log.stalls).toHaveLength(1);
  });

  test('is none while the player says it plays', () => {
    const audio = (n: number, at: number, cmcd: Cmcd): JoinedRequest => ({
      ...segment(n, at, 50, cmcd),
      objectType: 'audio',
      path: `/a/seg_${n}.m4s`,
    });
    const asking = (state: PlayerState): JoinedRequest[] =>
      Array.from({ length: 16 }, (_, i) => audio(i, 20_900 + i * 400, { state, bufferMs: 6_000 }));
    const slow = segment(5, 20_100, 7_000);
    expect(watched([...full, slow, ...asking('playing')]).log.stalls).toEqual([]);
    expect(watched([...full, slow, ...asking('rebuffering')]).log.stalls).toHaveLength(1);
  });

  test('a pause is counted as one', () => {
    const { server } = watched([...full, segment(5, 90_000, 300), segment(6, 94_000, 300)]);
    expect(server.qoe.pausedMs).toBeGreaterThan(60_000);
    expect(server.qoe.stalls).toBe(0);
  });

  test('a flag nobody can explain is a stall of unknown length', () => {
    const { server } = watched([...full, segment(5, 19_000, 300, { isStarved: true })]);
    expect(server.qoe).toMatchObject({ flaggedStalls: 1, stalls: 0, stalledMs: 0 });
  });

  test('a flag for an inferred stall adds nothing', () => {
    const { server } = watched([...full, segment(5, 20_100, 7_000), segment(6, 27_200, 300, { isStarved: true })]);
    expect(server.qoe).toMatchObject({ flaggedStalls: 0, stalls: 1 });
  });

  test('a flag with a length corrects what was inferred', () => {
    const flag = { starvedMs: 6_500 };
    const { server } = watched([...full, segment(5, 20_100, 7_000), segment(6, 27_200, 300, flag)]);
    expect(server.qoe).toMatchObject({ stalls: 1, stalledMs: 6_500 });
  });

  test('a flag with a length counts that length', () => {
    const { server } = watched([...full, segment(5, 19_000, 300, { starvedMs: 2_000 })]);
    expect(server.qoe).toMatchObject({ flaggedStalls: 0, stalls: 1, stalledMs: 2_000 });
  });
});
