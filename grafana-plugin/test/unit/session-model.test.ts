import { describe, expect, test } from 'vitest';
import { readFrames } from '../../src/frames/read-frames';
import { headlineOf } from '../../src/model/headline';
import { readSessions } from '../../src/model/read-sessions';
import { halfOf } from '../../src/model/request';
import { type SessionModel } from '../../src/model/session-model';
import { BEGIN_MS, type Recorded, recordedFrame, type Row, SESSION, traceFrame } from '../frames';

const recorded = (name: Recorded): SessionModel => readSessions(readFrames([recordedFrame(name)]))[0].session;
const made = (...rows: Row[]): SessionModel => readSessions(readFrames([traceFrame(rows)]))[0].session;
const text = ({ states, startMs }: SessionModel) =>
  states.map(
    ({ state, startMs: from, endMs }) => `${state} ${Math.round(from - startMs)}-${Math.round(endMs - startMs)}`
  );

describe('a recorded failover', () => {
  const session = recorded('hls-failover2.tempo');

  test('names the session and both CDNs in the order they were used', () => {
    expect(session.id).toBe(SESSION);
    expect(session.cdns.map(({ name }) => name)).toEqual(['edge-a', 'edge-b']);
    expect(session.isLive).toBe(false);
    expect([...session.missing.keys()]).toEqual([]);
  });

  test('joins the halves of every request', () => {
    const requests = session.requests.filter((request) => halfOf(request, 'player'));
    expect(requests.length).toBeGreaterThan(30);
    expect(requests.filter((request) => halfOf(request, 'edge')).length / requests.length).toBeGreaterThan(0.95);
    expect(session.requests.filter(({ outcome }) => outcome === '5xx')).toHaveLength(5);
    expect(session.requests.filter(({ isSlow }) => isSlow)).toHaveLength(11);
    expect(session.requests.filter(({ outcome }) => outcome === 'aborted').length).toBeGreaterThan(0);
  });

  test('has the failover with its evidence', () => {
    const failover = session.incidents.find(({ kind }) => kind === 'failover')!;
    expect(failover).toMatchObject({
      verdict: 'edge_error',
      missingEvidence: 0,
      failover: { from: 'edge-a', to: 'edge-b', reason: '5xx', result: 'recovered' },
    });
    const proof = session.requests.filter(({ id }) => failover.evidence.has(id));
    expect(proof.filter(({ status }) => status === 503)).toHaveLength(5);
    expect(session.incidents.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  test('says it in a sentence', () => {
    const headline = headlineOf(session);
    expect(headline.title).toBe(
      'Played with 1 quality collapse, 1 failover and 2 silent failures · started in 507 ms · no stall'
    );
    expect(headline.severity).toBe('warning');
    expect(headline.verdicts.map(({ incident, count }) => [incident.verdict, count])).toEqual([
      ['network', 2],
      ['edge_error', 2],
    ]);
  });

  test('knows what was asked for and what was on screen', () => {
    expect(session.renditions.levels).toEqual([290_000, 2_820_000]);
    expect(session.renditions.switches).toMatchObject([{ from: 2_820_000, to: 290_000 }]);
    expect(session.renditions.applied.map(({ value }) => value)).toEqual([2_820_000, 290_000]);
    expect(text(session)).toEqual(['startup 55-562', 'playing 562-60901', 'ended 60901-60901']);
    expect(Math.max(...session.buffer.map(({ value }) => value))).toBeCloseTo(10, 0);
  });

  test('is the same from Jaeger', () => {
    const jaeger = recorded('hls-failover2.jaeger');
    expect(headlineOf(jaeger).title).toBe(headlineOf(session).title);
    expect(jaeger.requests.map(({ id, outcome }) => [id, outcome])).toEqual(
      session.requests.map(({ id, outcome }) => [id, outcome])
    );
    expect(jaeger.facts).toEqual(session.facts);
  });
});

test('recorded stalls empty the buffer', () => {
  const session = recorded('hls-rebuffer.tempo');
  const stalls = session.states.filter(({ state }) => state === 'stalled');
  expect(stalls).toHaveLength(4);
  for (const stall of stalls) {
    expect(session.buffer.find(({ atMs }) => atMs === stall.startMs)).toMatchObject({ value: 0 });
  }
  expect(headlineOf(session)).toMatchObject({
    severity: 'error',
    title: 'Played with 1 silent failure · started in 529 ms · 4 stalls, 10.3 s',
  });
});

test('a silent player is missing, not quiet', () => {
  const session = recorded('hls-failover2-no-player.tempo');
  expect([...session.missing.keys()]).toEqual(['player']);
  expect(session.states.every(({ isInferred }) => isInferred)).toBe(true);
  expect(session.notes[0]).toMatchObject({ severity: 'warning' });
  expect(headlineOf(session).title).not.toContain('no stall');
});

test('without logs the requests are the player’s, and CDN and origin are missing', () => {
  const session = recorded('hls-failover2-no-cdn.tempo');
  expect([...session.missing.keys()]).toEqual(['cdn', 'origin']);
  expect(session.requests.length).toBeGreaterThan(20);
  expect(session.requests.every(({ halves }) => halves.length === 1)).toBe(true);
});

test.each([
  ['startup_failure', 'Did not start'],
  ['playback_failure', 'Broke off'],
])('a live session with a %s is not playing', (kind, title) => {
  const tags = { 'playpath.incident.kind': kind };
  const session = made({ name: 'edge', at: 0, ms: 10 }, { name: 'incident', at: 4000, ms: 0, tags });
  expect(headlineOf(session).title.split(' · ')[0]).toBe(title);
});

test('an incident whose verdict was not asked for is not called unknown', () => {
  const session = made({ name: 'incident', at: 0, ms: 10 }, { name: 'edge', at: 0, ms: 10 });
  expect(session.incidents[0].verdict).toBe('verdict not told');
});

describe('outcomes', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a hit', { 'http.response.status_code': 200, 'cdn.cache.status': 'hit' }, 'hit'],
    ['a revalidation', { 'http.response.status_code': 200, 'cdn.cache.status': 'revalidated' }, 'hit'],
    ['a miss', { 'http.response.status_code': 200, 'cdn.cache.status': 'miss' }, 'miss'],
    ['no word of a cache', { 'http.response.status_code': 200 }, 'ok'],
    ['a refusal', { 'http.response.status_code': 403, 'error.type': '403' }, '4xx'],
    ['a server error, as text', { 'http.response.status_code': '503', 'error.type': '503' }, '5xx'],
    ['a timeout', { 'error.type': 'timeout' }, 'timeout'],
    [
      'an abort',
      { 'http.response.status_code': 200, 'cdn.complete': 'false', 'error.type': 'client_abort' },
      'aborted',
    ],
    ["nginx's word for an abort", { 'http.response.status_code': 499 }, 'aborted'],
    ['a body cut short', { 'http.response.status_code': 200, 'cdn.complete': 'false' }, 'aborted'],
    ['no answer', { 'error.type': 'dns' }, 'unanswered'],
  ])('%s', (_, tags, outcome) => {
    expect(made({ name: 'edge', at: 0, ms: 10, tags }).requests).toMatchObject([{ outcome }]);
  });

  test('what the player felt goes before what the edge wrote', () => {
    const session = made(
      { name: 'request', id: 'r', at: 0, ms: 5000, tags: { 'error.type': 'timeout' } },
      {
        name: 'edge',
        id: 'e',
        parent: 'r',
        at: 1,
        ms: 4000,
        tags: { 'http.response.status_code': 200, 'cdn.cache.status': 'hit', 'cdn.name': 'edge-a' },
      }
    );
    expect(session.requests).toMatchObject([{ outcome: 'timeout', cdn: 'edge-a', status: 200 }]);
  });
});

describe('traces that are not whole', () => {
  test('a live session has no root and says so', () => {
    const session = made(
      { name: 'startup', parent: 'root', at: 0, ms: 400 },
      { name: 'edge', parent: 'root', at: 100, ms: 900 }
    );
    expect(session.isLive).toBe(true);
    expect(text(session)).toEqual(['startup 0-400', 'playing 400-1000']);
    expect(session.notes.some(({ text: note }) => note.startsWith('Live'))).toBe(true);
  });

  test('chapter traces of one session are one session', () => {
    const sessions = readSessions(
      readFrames([
        traceFrame([{ name: 'session', trace: '1', at: 0, ms: 1000 }]),
        traceFrame([{ name: 'edge', trace: '2', at: 2000, ms: 10 }]),
      ])
    );
    expect(sessions).toHaveLength(1);
    expect(sessions[0].session.notes.map(({ text: note }) => note)).toContain('Joined from 2 traces of this session');
  });

  test('one id used for two contents is two sessions', () => {
    const of = (trace: string, content: string, at: number) =>
      traceFrame([{ name: 'session', trace, at, ms: 10, tags: { 'media.content.id': content } }]);
    expect(
      readSessions(readFrames([of('2', 'film', 500), of('1', 'trailer', 0)])).map(
        ({ session }) => session.startMs - BEGIN_MS
      )
    ).toEqual([0, 500]);
  });

  test('a span delivered twice counts once, and the newer copy wins', () => {
    const session = made(
      { name: 'session', id: 'root', at: 0, ms: 1000 },
      { name: 'session', id: 'root', at: 0, ms: 5000 }
    );
    expect(session.endMs - session.startMs).toBe(5000);
  });

  test('parents that go round in circles do no harm', () => {
    expect(
      made({ name: 'edge', id: 'a', parent: 'b', at: 0, ms: 1 }, { name: 'origin', id: 'b', parent: 'a', at: 0, ms: 1 })
        .requests.length
    ).toBeGreaterThan(0);
  });

  test('lost parents are counted', () => {
    const session = made(
      { name: 'session', id: 'root', at: 0, ms: 1000 },
      { name: 'origin', parent: 'gone', at: 1, ms: 1 }
    );
    expect(session.notes.map(({ text: note }) => note)).toContain('1 span without parent: the trace is incomplete');
  });

  test('evidence that is not in the data is counted, not invented', () => {
    const [incident] = made({
      name: 'incident',
      at: 0,
      ms: 1,
      links: ['x', 'y'],
      tags: { 'playpath.verdict': 'network' },
    }).incidents;
    expect(incident).toMatchObject({ missingEvidence: 2 });
  });

  test('the clock offset is told', () => {
    const session = made({ name: 'session', at: 0, ms: 1, tags: { 'playpath.clock.offset': -1.5 } });
    expect(session.facts).toContainEqual(['Clock offset', '-1.5 s']);
    expect(session.notes.map(({ text: note }) => note)).toContain(
      'Player clock 1.5 s behind the servers; shown corrected'
    );
  });

  test('healthy stretches are summed up per CDN', () => {
    const session = made({
      name: 'requests',
      at: 0,
      ms: 300_000,
      tags: { 'playpath.requests': 120, 'playpath.request_errors': '0', 'playpath.cdns': '["a","b"]' },
    });
    expect(session.stretches).toMatchObject([{ requests: 120, errors: 0, cdns: ['a', 'b'] }]);
    expect(session.cdns.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
