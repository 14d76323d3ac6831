import { describe, expect, test } from 'vitest';
import { concurrencyOf } from '../../collector/correlate/concurrency.ts';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { Correlator } from '../../collector/correlate/correlator.ts';
import { RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import type { Client } from '../../collector/model/client.ts';
import type { CorrelatorOutput, SpanOutput } from '../../collector/model/output.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { testSettings } from '../support/recorded-events.ts';
import { report, sourceOf, T0 } from './support.ts';

/** Logs come up to 10 s late, so nothing that is only counted when it has settled is counted in these seconds. */
const settings = testSettings({ reorderMs: 5_000, settleMs: 10_000, heartbeatMs: 10_000 });
const nothing = { get: () => () => undefined };
const CLIENT = { deviceKey: 'd1', software: 'Chrome', deviceClass: 'desktop', country: 'DE' } as Client;

class Room {
  readonly #correlator = new Correlator(
    {
      settings,
      output: new Proxy({} as CorrelatorOutput, nothing),
      spans: new Proxy({} as SpanOutput, nothing),
      cdnHosts: new CdnHosts(),
      contents: new ContentMemory(),
      recent: new RecentDelivery(),
    },
    new Map([['default', 0]]),
  );
  readonly #nameless: RequestReport[] = [];
  #seq = 0;
  #nowMs = 0;

  say(at: number, fields: Partial<PlayerEvent>): void {
    this.pass(at);
    const source = sourceOf('player', 'player');
    const times = { tsMs: T0 + at, receivedMs: T0 + at, seq: this.#seq++ };
    this.#correlator.event({ kind: 'player', name: 'state', source, sid: 'one', ...times, ...fields }, T0 + at);
  }

  /** `at`: when its line comes; the request ended `lateMs` before. */
  serve(at: number, fields: Partial<Pick<RequestReport, 'objectType' | 'status' | 'path'>> = {}, lateMs = 0): void {
    this.pass(at);
    const sid = 'one';
    const cmcd = { sid, objectDurationMs: 4_000 };
    this.#correlator.report(report({ at: at - lateMs, cmcd, ...fields }), sid, false, T0 + at);
  }

  /** A line that names no session waits for one. */
  wait(at: number, fields: Partial<Pick<RequestReport, 'objectType' | 'status' | 'client'>> = {}): void {
    this.#nameless.push(report({ at, client: CLIENT, path: '/v/seg_1.m4s', receivedMs: T0 + at, ...fields }));
  }

  pass(untilMs: number): void {
    for (; this.#nowMs <= untilMs; this.#nowMs += 250) this.#correlator.tick(T0 + this.#nowMs);
  }

  /** Who is there at `at`: by whose word, or nobody. */
  at(at: number): string {
    this.pass(at);
    const present = { sessions: this.#correlator.sessions(), nameless: this.#nameless, segmentMs: () => 4_000 };
    const { sessions, viewers } = concurrencyOf(present, T0 + at, settings);
    expect(viewers.reduce((sum, { count }) => sum + count, 0)).toBe(sessions.length);
    return sessions.map(({ source }) => source).join() || 'nobody';
  }
}

describe('a player is there', () => {
  for (const [name, states, at, expected] of [
    [
      'as soon as it says that it plays',
      [
        [0, 'starting'],
        [900, 'playing'],
      ],
      1_000,
      'player',
    ],
    ['not before', [[0, 'starting']], 1_000, 'nobody'],
    [
      'not when what it calls rebuffering is its start',
      [
        [0, 'starting'],
        [300, 'rebuffering'],
      ],
      1_000,
      'nobody',
    ],
    [
      'while it rebuffers',
      [
        [0, 'playing'],
        [900, 'rebuffering'],
      ],
      1_000,
      'player',
    ],
    [
      'not once it has said that it ended',
      [
        [0, 'playing'],
        [900, 'ended'],
      ],
      1_000,
      'nobody',
    ],
    [
      'for a minute of pause',
      [
        [0, 'playing'],
        [900, 'paused'],
      ],
      20_000,
      'player',
    ],
    ['for 2.5 heartbeats', [[0, 'playing']], 25_000, 'player'],
    ['not for longer', [[0, 'playing']], 25_001, 'nobody'],
  ] as const) {
    test(name, () => {
      const room = new Room();
      for (const [saidAt, state] of states) room.say(saidAt, { state });
      expect(room.at(at)).toBe(expected);
    });
  }

  test('not once it has failed for good', () => {
    const room = new Room();
    room.say(0, { state: 'playing' });
    room.say(900, { name: 'error', isFatal: true });
    expect(room.at(1_000)).toBe('nobody');
  });

  test('not after a minute of pause, though it reports', () => {
    const room = new Room();
    for (let at = 0; at <= 60_000; at += 10_000) room.say(at, { state: at === 0 ? 'playing' : 'paused' });
    expect(room.at(69_000)).toBe('player');
    expect(room.at(70_000)).toBe('nobody');
  });
});

describe('a player that never says what it does', () => {
  const mute = { name: 'rendition', bitrateKbps: 600 } as const;

  test('is there when media comes', () => {
    const room = new Room();
    room.say(0, mute);
    expect(room.at(500)).toBe('nobody');
    room.serve(1_000);
    expect(room.at(1_250)).toBe('player');
  });

  test('is there for 2.5 heartbeats once it has told of its start', () => {
    const room = new Room();
    room.say(0, mute);
    room.say(1_000, { name: 'startup', startupMs: 900 });
    expect(room.at(26_000)).toBe('player');
    expect(room.at(26_250)).toBe('nobody');
  });
});

describe('a viewer that only logs show is there', () => {
  test('as soon as a line came, though requests wait for their other halves', () => {
    const room = new Room();
    room.serve(0);
    expect(room.at(250)).toBe('server');
  });

  test('for as long as a line of another segment may be on its way, and no longer', () => {
    const room = new Room();
    for (let at = 0; at <= 20_000; at += 4_000) room.serve(at, { path: `/v/seg_${at / 4_000}.m4s` });
    // 4 s a segment: two of them, and the 10 s that the log may be late.
    expect(room.at(38_000)).toBe('server');
    expect(room.at(38_250)).toBe('nobody');
  });

  test('as much longer as its lines came later', () => {
    const room = new Room();
    for (let at = 8_000; at <= 28_000; at += 4_000) room.serve(at, { path: `/v/seg_${at / 4_000}.m4s` }, 8_000);
    expect(room.at(40_000)).toBe('server');
    expect(room.at(40_250)).toBe('nobody');
  });

  test('not for media that it was refused', () => {
    const room = new Room();
    room.serve(0);
    for (let at = 2_000; at <= 40_000; at += 2_000) room.serve(at, { status: 503, path: '/v/seg_2.m4s' });
    expect(room.at(40_250)).toBe('nobody');
  });

  test('not for asking for playlists', () => {
    const room = new Room();
    for (let at = 0; at <= 20_000; at += 2_000) room.serve(at, { objectType: 'manifest', path: '/v/main.m3u8' });
    expect(room.at(20_250)).toBe('nobody');
  });
});

describe('a line that waits for its session', () => {
  test('shows that somebody is there', () => {
    const room = new Room();
    room.wait(0);
    room.wait(4_000);
    expect(room.at(16_000)).toBe('server');
    expect(room.at(16_250)).toBe('nobody');
  });

  test('does not when its device is there already', () => {
    const room = new Room();
    room.say(0, { state: 'playing', client: CLIENT });
    room.wait(500);
    expect(room.at(1_000)).toBe('player');
  });

  test('does not when it is a playlist, an error, or of nobody', () => {
    const room = new Room();
    room.wait(0, { objectType: 'manifest' });
    room.wait(0, { status: 403 });
    room.wait(0, { client: null });
    expect(room.at(250)).toBe('nobody');
  });
});
