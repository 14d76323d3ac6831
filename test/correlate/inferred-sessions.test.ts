import { describe, expect, test } from 'vitest';
import { InferredSessions } from '../../collector/correlate/sessions/inferred-sessions.ts';
import type { Client } from '../../collector/model/client.ts';
import { report, T0 } from './support.ts';

type Line = readonly [path: string, at: number, device?: string];

/** Which of the lines landed in one session, as letters in order of first sight. */
function sessions(lines: readonly Line[]): string {
  const inferred = new InferredSessions(100);
  const letters = new Map<string, string>();
  return lines
    .map(([path, at, device]) => {
      const sid = inferred.sidOf(line(path, at, device), T0 + at);
      const letter = letters.get(sid) ?? String.fromCharCode(65 + letters.size);
      letters.set(sid, letter);
      return letter;
    })
    .join('');
}

function line(path: string, at: number, device = 'd1', rid = '') {
  const client = { deviceKey: device } as Client;
  const objectType = /\.(?:m3u8|mpd)$/.test(path) ? 'manifest' : 'video';
  return report({ path, at, client, objectType, rid });
}

for (const [name, lines, expected] of [
  [
    'manifest, playlist and segments of a content',
    [
      ['/m/hls/master.m3u8', 0],
      ['/m/hls/v0/index.m3u8', 50],
      ['/m/hls/v0/seg_1.m4s', 90],
    ],
    'AAA',
  ],
  [
    'the same content on two devices',
    [
      ['/m/hls/v0/seg_1.m4s', 0, 'd1'],
      ['/m/hls/v0/seg_1.m4s', 0, 'd2'],
    ],
    'AB',
  ],
  [
    'two contents on one device',
    [
      ['/m/hls/v0/seg_1.m4s', 0],
      ['/n/hls/v0/seg_1.m4s', 9_000],
    ],
    'AB',
  ],
  [
    'a gap of more than half an hour',
    [
      ['/m/v0/seg_1.m4s', 0],
      ['/m/v0/seg_2.m4s', 1_800_001],
    ],
    'AB',
  ],
  [
    'the playlist of a rendition told before the main manifest',
    [
      ['/m/hls/v0/index.m3u8', 0],
      ['/m/hls/master.m3u8', 300],
      ['/m/hls/v3/seg_1.m4s', 900],
    ],
    'AAA',
  ],
  [
    'playlists of two renditions told before the main manifest',
    [
      ['/m/hls/v0/index.m3u8', 0],
      ['/m/hls/v3/index.m3u8', 500],
      ['/m/hls/master.m3u8', 900],
      ['/m/hls/v3/seg_1.m4s', 950],
    ],
    'AAAA',
  ],
  [
    'lines of one playback that arrive in any order',
    [
      ['/m/hls/v0/index.m3u8', 8_000],
      ['/m/hls/v0/seg_9.m4s', 40_000],
      ['/m/hls/v3/index.m3u8', 90_000],
      ['/m/hls/v3/seg_5.m4s', 20_000],
      ['/m/hls/master.m3u8', 0],
    ],
    'AAAAA',
  ],
  [
    'channels named like languages, one after the other',
    [
      ['/live/uk/index.m3u8', 0],
      ['/live/de/index.m3u8', 60_000],
    ],
    'AB',
  ],
] as const satisfies readonly (readonly [string, readonly Line[], string])[]) {
  test(name, () => expect(sessions(lines)).toBe(expected));
}

describe('a line whose join key nobody reported', () => {
  const inferred = new InferredSessions(100);
  inferred.learn(line('/m/hls/v3/seg_7.m4s', 0, 'd1', 'aaaa'), 'sid-1', T0);

  for (const [name, path, at, device, expected] of [
    ['belongs to the session of the same device and content', '/m/hls/v3/seg_8.m4s', 4_000, 'd1', 'sid-1'],
    ['whatever its rendition', '/m/hls/v0/seg_8.m4s', 4_000, 'd1', 'sid-1'],
    ['not to that of another device', '/m/hls/v3/seg_8.m4s', 4_000, 'd2', ''],
    ['not to that of another content', '/n/hls/v3/seg_8.m4s', 4_000, 'd1', ''],
    ['not a minute later', '/m/hls/v3/seg_8.m4s', 60_001, 'd1', ''],
  ] as const) {
    test(name, () => expect(inferred.neighbourOf(line(path, at, device, 'bbbb'))).toBe(expected));
  }

  test('belongs to what was going on then, however much later it came', () => {
    const long = new InferredSessions(100);
    for (const at of [0, 600_000]) long.learn(line('/m/hls/v3/seg_7.m4s', at), 'sid-1', T0 + at);
    expect(long.neighbourOf(line('/m/hls/v3/seg_8.m4s', 300_000))).toBe('sid-1');
    expect(long.neighbourOf(line('/m/hls/master.m3u8', -2_000))).toBe('sid-1');
  });

  test('belongs to the nearest of two that one device had of a content', () => {
    const twice = new InferredSessions(100);
    for (const [at, sid] of [
      [0, 'sid-1'],
      [40_000, 'sid-2'],
      [10_000, 'sid-1'],
      [90_000, 'sid-2'],
    ] as const) {
      twice.learn(line('/m/hls/v3/seg_7.m4s', at), sid, T0 + at);
    }
    const found = [5_000, 12_000, 38_000, 60_000, 100_000].map((at) => twice.neighbourOf(line('/m/hls/a.m3u8', at)));
    expect(found).toEqual(['sid-1', 'sid-1', 'sid-2', 'sid-2', 'sid-2']);
  });

  test('belongs to none that was idle longest of more than are remembered, and what goes on stays what it is', () => {
    const busy = new InferredSessions(100);
    const sidAt = (at: number) => busy.sidOf(line('/m/hls/v3/seg_7.m4s', at), T0 + at);
    const sid = sidAt(0);
    for (let i = 0; i < 60; i++) {
      busy.learn(line('/n/hls/v3/seg_7.m4s', i * 1_000), `sid-${i}`, T0 + i * 1_000);
      expect(sidAt(i * 1_000)).toBe(sid);
    }
    const found = [20_000, 40_000].map((at) => busy.neighbourOf(line('/n/hls/a.m3u8', at)));
    expect(found).toEqual(['sid-29', 'sid-40']);
  });

  test('a line without a key never joins a session with an id', () => {
    expect(inferred.sidOf(line('/m/hls/v3/seg_9.m4s', 8_000), T0)).toMatch(/^device:d1/);
  });
});
