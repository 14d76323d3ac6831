import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Audience, type AudienceOptions } from '../../collector/audience/audience.ts';
import type { ObjectType } from '../../collector/model/media.ts';
import type { SessionRef } from '../../collector/model/session.ts';
import { delta, joined, playerError, report, SESSION, source, summary, T0, VIEWER } from '../metrics/facts.ts';
import { clientOf, Ledger, MB } from './facts.ts';

const DAY = 24 * 3_600_000;
const EDGE = source();
const PHONE = clientOf();
const BOT = clientOf({ userAgent: 'castget 1.2.4' });
const CACHE = clientOf({ userAgent: 'Spotify/1.0' });
const EPISODE = '/show/episode-1.mp3';

/** An inferred session, as correlation names it: device, directory, begin. */
function inferred(directory = '/show', atMs = T0, deviceKey = PHONE.deviceKey): SessionRef {
  const sessionId = `device:${deviceKey}${directory}@${atMs / 1_000}`;
  return { tenant: 'acme', traceId: Buffer.from(sessionId).toString('hex'), sessionId, isInferred: true };
}

type Line = { path?: string; type?: ObjectType; status?: number; bytes?: number; atMs?: number; method?: string };

class Show {
  readonly ledger = new Ledger();
  readonly audience: Audience;

  constructor(options: Partial<AudienceOptions> = {}) {
    this.audience = new Audience(this.ledger, options);
  }

  open(session: SessionRef, client = PHONE, atMs = T0): this {
    this.audience.started(session, VIEWER, client, atMs);
    return this;
  }

  line(session: SessionRef, line: Line = {}): this {
    const { path = EPISODE, type = 'audio', status = 206, bytes = MB, atMs = T0, method = 'GET' } = line;
    const edge = report({ source: EDGE, path, objectType: type, status, bodyBytes: bytes, startMs: atMs, method });
    const half = { report: edge, joinMethod: '', joinConfidence: 1 } as const;
    this.audience.request(session, joined({ edge: half, path, objectType: type, status, startMs: atMs }));
    return this;
  }

  play(session: SessionRef, playingMs: number, who: 'player' | 'server' = 'player'): this {
    this.audience.played(session, VIEWER, delta({ playingMs }), who);
    return this;
  }

  close(session: SessionRef, facts: Parameters<typeof summary>[0] = {}): this {
    const unheard = { visibility: 'server', client: null } as const;
    this.audience.closed(summary({ ...unheard, ...facts, ...session }));
    return this;
  }

  /** A session of nothing but lines. */
  heard(session: SessionRef, lines: readonly Line[], client = PHONE): this {
    this.open(session, client);
    for (const line of lines) this.line(session, line);
    return this.close(session);
  }
}

const reported = { visibility: 'both', outcome: 'played' } as const;

describe('player_full [semantics.md 7]', () => {
  for (const [what, playedMs, starts, streams] of [
    ['4.999 s played are a start', [4_999], 1, 0],
    ['5 s played are a stream', [5_000], 1, 1],
    ['added up over windows', [2_000, 2_999, 1], 1, 1],
    ['and a stream counts once', [5_000, 60_000], 1, 1],
  ] as const) {
    test(what, () => {
      const show = new Show().open(SESSION);
      for (const playingMs of playedMs) show.play(SESSION, playingMs);
      const seconds = playedMs.reduce((sum, playingMs) => sum + playingMs, 0) / 1_000;
      show.close(SESSION, reported);
      expect(show.ledger.of('player_full')).toMatchObject({ starts, streams, seconds });
    });
  }

  for (const [what, outcome, starts] of [
    ['an attempt that never came to a frame is a start', 'start_failure', 1],
    ['so is one that the viewer left', 'exit_before_start', 1],
    ['what was only loaded ahead is none', 'in_progress', 0],
  ] as const) {
    test(what, () => {
      const show = new Show().open(SESSION).close(SESSION, { visibility: 'player', outcome });
      expect(show.ledger.of('player_full').starts).toBe(starts);
    });
  }

  test('a bot that plays is out', () => {
    const show = new Show().open(SESSION, BOT).play(SESSION, 60_000).close(SESSION, reported);
    expect(show.ledger.counts).toEqual([]);
    expect(show.ledger.left).toEqual(new Map([['bot', 1]]));
  });

  test('its lines are not counted beside its events, whichever came first', () => {
    const show = new Show().open(SESSION).line(SESSION).play(SESSION, 30_000, 'server');
    show.play(SESSION, 10_000).line(SESSION, { status: 200 }).close(SESSION, reported);
    expect(show.ledger.classes).toEqual(['player_full']);
    expect(show.ledger.of('player_full')).toEqual({ starts: 1, streams: 1, downloads: 0, devices: 1, seconds: 10 });
  });

  test('a playback that goes on after it was closed adds time, not a start', () => {
    const show = new Show().open(SESSION).play(SESSION, 10_000).close(SESSION, reported).play(SESSION, 7_000);
    expect(show.ledger.of('player_full')).toMatchObject({ starts: 1, streams: 1, seconds: 17 });
  });

  test('file_downloaded is a download and no start, once for each file', () => {
    const show = new Show().open(SESSION);
    const event = playerError({ name: 'download', url: 'https://cdn.example/a.mp4', client: PHONE });
    for (const url of ['a', 'a', 'b']) show.audience.downloaded(SESSION, { ...event, url });
    show.close(SESSION, { visibility: 'player', outcome: 'in_progress' });
    expect(show.ledger.of('player_full')).toMatchObject({ starts: 0, downloads: 2, devices: 1 });
  });
});

describe('external_audio [semantics.md 7]', () => {
  test('a part is a start, 25 s of it a stream, and bytes are time', () => {
    const { ledger } = new Show().heard(inferred(), [{ bytes: 400_000 }]);
    expect(ledger.classes).toEqual(['external_audio']);
    expect(ledger.of('external_audio')).toEqual({ starts: 1, streams: 1, downloads: 0, devices: 1, seconds: 25 });
  });

  test('a whole file is a download and no start', () => {
    const { ledger } = new Show().heard(inferred(), [{ status: 200 }]);
    expect(ledger.of('external_audio')).toEqual({ starts: 0, streams: 0, downloads: 1, devices: 1, seconds: 0 });
  });

  test('two episodes in one directory are two', () => {
    const { ledger } = new Show().heard(inferred(), [{}, { path: '/show/episode-2.mp3' }]);
    expect(ledger.of('external_audio')).toMatchObject({ starts: 2, devices: 1 });
  });

  for (const [what, gapMs, starts] of [
    ['23:59:59 later it is the same listen', DAY - 1_000, 1],
    ['24:00:00 later it is another', DAY, 2],
  ] as const) {
    test(what, () => {
      const later = inferred('/show', T0 + gapMs);
      const show = new Show().heard(inferred(), [{}]).heard(later, [{ atMs: T0 + gapMs }]);
      expect(show.ledger.of('external_audio').starts).toBe(starts);
    });
  }

  test('another device at the same address is another listener [formats.md 6: same IP, two user agents]', () => {
    const other = clientOf({ deviceKey: 'e1e1e1e1e1e1e1e1', userAgent: 'AntennaPod/3.4.0' });
    const show = new Show().heard(inferred(), [{}]).heard(inferred('/show', T0, other.deviceKey), [{}], other);
    expect(show.ledger.of('external_audio')).toMatchObject({ starts: 2, devices: 2 });
  });

  test('HLS: segments are one listen, their media time is its time', () => {
    const session = inferred('/radio');
    const show = new Show().open(session).line(session, { type: 'manifest', path: '/radio/live.m3u8', status: 200 });
    for (let i = 0; i < 5; i++) show.line(session, { path: `/radio/${i}.aac`, status: 200, bytes: 48_000 });
    show.play(session, 30_000, 'server').close(session);
    expect(show.ledger.of('external_audio')).toEqual({ starts: 1, streams: 1, downloads: 0, devices: 1, seconds: 30 });
  });

  test('a radio that plays for hours is counted on the way, and once', () => {
    const session = inferred('/radio');
    const show = new Show().open(session).line(session, { type: 'manifest', path: '/radio/live.m3u8', status: 200 });
    for (let i = 0; i < 600; i++) {
      show.line(session, { path: `/radio/${i}.aac`, status: 200, bytes: 48_000, atMs: T0 + i * 6_000 });
      show.play(session, 6_000, 'server');
    }
    const early = show.ledger.of('external_audio');
    expect(early.starts).toBe(1);
    expect(early.seconds).toBeGreaterThan(2_400);
    show.close(session);
    expect(show.ledger.of('external_audio')).toMatchObject({ starts: 1, streams: 1, seconds: 3_600 });
  });

  for (const [what, line, reason] of [
    ['HEAD', { method: 'HEAD' }, 'method'],
    ['404', { status: 404 }, 'client_error'],
    ['503', { status: 503 }, 'status'],
    ['a probe of two bytes', { bytes: 2 }, 'validation'],
  ] as const) {
    test(`${what} counts for nothing, and is counted as left out`, () => {
      const { ledger } = new Show().heard(inferred(), [line]);
      expect(ledger.of('external_audio')).toEqual({ starts: 0, streams: 0, downloads: 0, devices: 0, seconds: 0 });
      expect(ledger.left).toEqual(new Map([[reason, 1]]));
    });
  }

  test('bots are out', () => {
    const { ledger } = new Show().heard(inferred(), [{}, { status: 200 }], BOT);
    expect(ledger.counts).toEqual([]);
    expect(ledger.left).toEqual(new Map([['bot', 2]]));
  });
});

describe('external_video [semantics.md 7: not knowable is unknown, never 0]', () => {
  const film = (status = 200): Line => ({ type: 'video', path: '/film/1.m4s', status });

  test('a content request is a start; streams and time are unknown', () => {
    const { ledger } = new Show().heard(inferred('/film'), [film(), film(), { path: '/film/a1.m4s', status: 200 }]);
    expect(ledger.classes).toEqual(['external_video']);
    const { starts, streams, downloads, seconds } = ledger.of('external_video');
    expect([starts, streams, downloads, seconds]).toEqual([1, Number.NaN, 0, Number.NaN]);
  });

  test('coming back within 24 hours is the same start', () => {
    const show = new Show().heard(inferred('/film'), [film()]);
    show.heard(inferred('/film', T0 + DAY - 1_000), [{ ...film(), atMs: T0 + DAY - 1_000 }]);
    expect(show.ledger.of('external_video').starts).toBe(1);
    show.heard(inferred('/film', T0 + DAY), [{ ...film(), atMs: T0 + DAY }]);
    expect(show.ledger.of('external_video').starts).toBe(2);
  });

  test('what was refused is no start', () => {
    const { ledger } = new Show().heard(inferred('/film'), [film(403)]);
    expect([ledger.counts, ledger.left]).toEqual([[], new Map([['status', 1]])]);
  });
});

test('external_cached: only downloads count, to whom it is played on is unknown [semantics.md 1, formats.md 6]', () => {
  const { ledger } = new Show().heard(inferred(), [{ status: 200 }, { path: '/show/episode-2.mp3' }], CACHE);
  expect(ledger.classes).toEqual(['external_cached']);
  const { starts, streams, downloads, seconds } = ledger.of('external_cached');
  expect([starts, streams, downloads, seconds]).toEqual([0, Number.NaN, 1, Number.NaN]);
});

test('the output names its window, and fixed days begin at midnight', () => {
  const midnight = Date.parse('2026-03-02T00:00:00Z');
  for (const [window, starts] of [
    ['rolling', 1],
    ['fixed', 2],
  ] as const) {
    const show = new Show({ window });
    for (const atMs of [midnight - 1_000, midnight]) show.heard(inferred('/show', atMs), [{ atMs }]);
    expect(show.ledger.of('external_audio').starts).toBe(starts);
    expect(new Set(show.ledger.counts.map((counts) => counts.window))).toEqual(new Set([window]));
  }
});

test('sessions beyond the limit are counted as such, and nothing is kept of those that closed', () => {
  const show = new Show({ maxSessions: 1 });
  show.open(SESSION).open(inferred());
  expect(show.ledger.left).toEqual(new Map([['full', 1]]));
  show.line(inferred()).close(inferred()).play(SESSION, 10_000).close(SESSION, reported);
  expect(show.ledger.classes).toEqual(['player_full']);
  show.heard(inferred(), [{}]);
  expect([show.ledger.of('external_audio').starts, show.ledger.left.get('full')]).toEqual([1, 1]);
});

test('a window that had to go before it was over is told', () => {
  const show = new Show({ maxWindows: 2 });
  show.heard(
    inferred(),
    [1, 2, 3, 4].map((episode) => ({ path: `/show/${episode}.mp3` })),
  );
  expect(show.ledger.left).toEqual(new Map([['forgotten', 2]]));
});

test('the order of lines within a session changes nothing', () => {
  const line = fc.record({
    path: fc.constantFrom('/show/1.mp3', '/show/2.mp3', '/show/3.mp3'),
    status: fc.constantFrom(200, 206, 404),
    // Whole milliseconds at 128 kbit/s: a sum of others depends on its order in the last digit.
    bytes: fc.integer({ min: 1, max: 31_250 }).map((ms) => ms * 16),
    atMs: fc.integer({ min: T0, max: T0 + 500_000 }),
  });
  const orders = fc
    .array(line, { minLength: 1, maxLength: 10 })
    .chain((lines) => fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })));
  fc.assert(
    fc.property(orders, ([lines, others]) => {
      const [one, other] = [lines, others].map((of) => new Show().heard(inferred(), of).ledger);
      expect(other?.of('external_audio')).toEqual(one?.of('external_audio'));
      expect(other?.left).toEqual(one?.left);
    }),
    { seed: 1 },
  );
});

describe('tenants whose players chose the same session id take nothing from each other', () => {
  const theirs: SessionRef = { ...SESSION, tenant: 'globex' };
  test('players that both report', () => {
    const show = new Show().open(SESSION).open(theirs);
    show.play(SESSION, 5_000).play(theirs, 5_000).close(SESSION, reported).close(theirs, reported);
    expect(show.ledger.of('player_full')).toMatchObject({ starts: 2, streams: 2, seconds: 10 });
  });
  test('pictures known from logs', () => {
    const show = new Show();
    for (const session of [SESSION, theirs]) show.heard(session, [{ type: 'video', path: '/film/seg-1.ts' }]);
    expect(show.ledger.of('external_video')).toMatchObject({ starts: 2 });
  });
  test('downloads of players', () => {
    const show = new Show();
    for (const session of [SESSION, theirs]) {
      show.open(session).audience.downloaded(session, playerError({ name: 'download', url: EPISODE }));
    }
    expect(show.ledger.of('player_full')).toMatchObject({ downloads: 2 });
  });
});
