import { describe, expect, test } from 'vitest';
import type { Event } from '../../collector/model/event.ts';
import { decodeFaro } from '../../collector/receivers/faro.ts';
import { recordedPosts } from './recordings.ts';
import { serversOfThisFile } from './server.ts';
import { NOW, source, testUrls } from './support.ts';

const start = serversOfThisFile();

function decode(payload: unknown) {
  const events: Event[] = [];
  const refused: string[] = [];
  const delivery = { source: source('player'), receivedMs: NOW, client: null, urls: testUrls };
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  decodeFaro(
    Buffer.from(text),
    delivery,
    (event) => events.push(event),
    (reason) => refused.push(reason),
  );
  return { events, refused };
}

test('of a recorded run only the media requests are taken, each joined to its session', async () => {
  const { post, bus, refused } = await start();
  const posts = recordedPosts('hls-faro').filter(({ kind }) => kind === 'faro');
  for (const { body } of posts) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'k', 'x-faro-session-id': 's' };
    expect((await post('/v1/faro', body, headers)).status).toBe(204);
  }
  const names = bus.reports.map((report) => report.path.split('/').at(-1));
  // The page made one span of its own, `playback`, and ended it while the film went on.
  expect(bus.playerEvents.map((event) => event.name)).toEqual(['play_requested']);
  expect(names.filter((name) => name?.endsWith('.m4s')).length).toBeGreaterThan(10);
  expect(new Set(bus.reports.map((report) => report.objectType))).toEqual(new Set(['manifest', 'init', 'muxed']));
  expect(new Set(bus.reports.map((report) => report.sessionId))).toEqual(
    new Set(['7e99a480-ee93-4b0e-ad38-3a172491eb3a']),
  );
  // Faro makes one trace per request: the session, not the trace, holds them together.
  expect(new Set(bus.reports.map((report) => report.traceId)).size).toBe(bus.reports.length);
  for (const report of bus.reports) {
    expect(report).toMatchObject({ status: 200, method: 'GET', isComplete: true });
    expect(report.cmcd.sn).toBeGreaterThanOrEqual(0);
    expect(report.durationMs).toBeGreaterThan(0);
  }
  expect(Object.keys(refused())).toEqual(['player not_playback']);
});

describe('events of the page', () => {
  const meta = { session: { id: 'faro-1' } };
  const at = '2026-11-21T20:58:01.000Z';
  for (const [name, payload, expected] of [
    [
      'an event named after playback',
      { events: [{ name: 'stall_start', timestamp: at, attributes: { bufferMs: '0' } }] },
      [{ name: 'state', state: 'rebuffering', bufferMs: 0 }],
    ],
    [
      'an event with a session of its own',
      { events: [{ name: 'play', timestamp: at, attributes: { 'media.session.id': 'p1' } }] },
      [{ name: 'play_requested', sid: 'p1' }],
    ],
    [
      'an event inside a trace',
      {
        events: [
          {
            name: 'play',
            timestamp: at,
            trace: { trace_id: 'c485fb8b06c34872846419285eee9ce9', span_id: '946627d39be4471c' },
          },
        ],
      },
      [{ traceId: 'c485fb8b06c34872846419285eee9ce9', spanId: '946627d39be4471c' }],
    ],
    [
      'a measurement named after playback',
      { measurements: [{ type: 'heartbeat', timestamp: at, values: { bufferMs: 4000, droppedFrames: 2 } }] },
      [{ name: 'heartbeat', bufferMs: 4000, droppedFrames: 2 }],
    ],
    [
      'an exception of a player',
      { exceptions: [{ type: 'MediaError', value: 'decode', timestamp: at }] },
      [{ name: 'error', isFatal: false, errorCode: 'MediaError', message: 'decode' }],
    ],
    [
      'an exception with a player in its context',
      { exceptions: [{ type: 'TypeError', value: 'x', timestamp: at, context: { player: 'hls.js', fatal: 'true' } }] },
      [{ name: 'error', isFatal: true, player: 'hls.js' }],
    ],
  ] as const) {
    test(name, () => {
      const { events, refused } = decode({ meta, ...payload });
      expect([events, refused]).toMatchObject([
        expected.map((event) => ({ sid: 'faro-1', tsMs: Date.parse(at), ...event })),
        [],
      ]);
    });
  }

  for (const [name, payload, refused] of [
    [
      'page sessions, resources and vitals',
      {
        meta,
        events: [
          { name: 'session_start', timestamp: at },
          { name: 'faro.performance.resource', timestamp: at },
        ],
        measurements: [{ type: 'web-vitals', timestamp: at, values: {} }],
      },
      ['not_playback', 'not_playback', 'not_playback'],
    ],
    [
      'exceptions of the rest of the page',
      { meta, exceptions: [{ type: 'TypeError', value: 'x', timestamp: at }] },
      ['not_playback'],
    ],
    ['an event without a session', { events: [{ name: 'play', timestamp: at }] }, ['missing_session']],
    ['an event without a time', { meta, events: [{ name: 'play' }] }, ['missing_time']],
    ['no JSON', '{', ['not_json']],
    ['a list', [], ['not_json']],
    ['parts of wrong types', { meta: 5, events: {}, traces: [], exceptions: 'x', measurements: [1] }, []],
  ] as const) {
    test(`are left alone: ${name}`, () => expect(decode(payload)).toEqual({ events: [], refused }));
  }
});
