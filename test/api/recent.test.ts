import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentSessions } from '../../collector/api/recent.ts';
import { BEGIN_MS, makeIncident, makeSummary } from '../exporters/sessions.ts';
import { makeSpan } from '../exporters/spans.ts';

const traceId = (index: number): string => index.toString(16).padStart(32, '0');
const spanId = (index: number): string => index.toString(16).padStart(16, '0');
const roomy = () => new RecentSessions({ maxSessions: 100, maxBytes: 1e8, maxSpansPerSession: 1000 });

test('a session is visible from its first span, before it has a root or a summary', () => {
  const recent = roomy();
  recent.addSpan(
    makeSpan({ traceId: traceId(1), startMs: BEGIN_MS, endMs: BEGIN_MS + 10, attributes: [['session.id', 'sid-1']] }),
  );
  expect(recent.find('sid-1')).toMatchObject({
    traceId: traceId(1),
    summary: null,
    isLive: true,
    beginMs: BEGIN_MS,
    endMs: BEGIN_MS + 10,
  });
});

test('a session is visible from its start, and closes with its summary', () => {
  const recent = roomy();
  const summary = makeSummary({ cut: 'live' });
  recent.sessionStarted(summary, summary.dimensions, BEGIN_MS);
  expect(recent.find(summary.sessionId)).toMatchObject({ isLive: true, beginMs: BEGIN_MS, endMs: BEGIN_MS });
  recent.incident(summary, makeIncident());
  expect(recent.find(summary.sessionId)?.incidents).toMatchObject([{ verdict: 'edge_error' }]);
  recent.session(summary, [makeIncident()]);
  expect(recent.find(summary.sessionId)).toMatchObject({ isLive: true, incidents: [{ kind: 'stall' }] });
  recent.session({ ...summary, cut: 'ended' }, [makeIncident(), makeIncident({ kind: 'failover' })]);
  expect(recent.find(summary.sessionId)).toMatchObject({ isLive: false, incidents: { length: 2 } });
});

for (const [cut, isLive] of [
  ['live', true],
  ['grid', true],
  ['event_limit', true],
  ['ended', false],
  ['idle', false],
  ['evicted', false],
  ['shutdown', false],
] as const)
  test(`a session cut by ${cut} is ${isLive ? 'live' : 'closed'}`, () => {
    const recent = roomy();
    recent.session(makeSummary({ cut }), []);
    expect([...recent.sessions()].map((session) => session.isLive)).toEqual([isLive]);
  });

test('a summary is what it was when it came, though the correlator counts on', () => {
  const recent = roomy();
  const summary = makeSummary();
  recent.session(summary, []);
  summary.qoe.stalls = 99;
  expect(recent.find(summary.traceId)?.summary?.qoe.stalls).toBe(0);
});

test('a late span joins its trace and the same span id replaces', () => {
  const recent = roomy();
  recent.session(makeSummary({ traceId: traceId(1) }), []);
  recent.addSpan(makeSpan({ traceId: traceId(1), spanId: spanId(1), name: 'edge' }));
  recent.addSpan(makeSpan({ traceId: traceId(1), spanId: spanId(2), name: 'origin' }));
  const before = recent.counters;
  recent.addSpan(makeSpan({ traceId: traceId(1), spanId: spanId(1), name: 'shield' }));
  expect(Array.from(recent.find(traceId(1))?.spans.values() ?? [], (span) => span.name)).toEqual(['shield', 'origin']);
  expect(recent.counters).toEqual(before);
});

test('finds a session by trace id in any spelling, and the newest of those that share a session id', () => {
  const recent = roomy();
  const id = '5b8efff7-9803-8103-d269-b633813fc60c';
  recent.session(makeSummary({ sessionId: id, beginMs: BEGIN_MS }), []);
  recent.session(makeSummary({ sessionId: 'again', traceId: traceId(8), beginMs: BEGIN_MS + 2 }), []);
  recent.session(makeSummary({ sessionId: 'again', traceId: traceId(9), beginMs: BEGIN_MS + 1 }), []);
  expect(recent.find(id)?.sessionId).toBe(id);
  expect(recent.find('5B8EFFF798038103D269B633813FC60C')?.sessionId).toBe(id);
  expect(recent.find('again')?.traceId).toBe(traceId(8));
  for (const unknown of ['', 'nobody', '__proto__', 'constructor']) expect(recent.find(unknown)).toBeNull();
});

test('a changed session id is found under the new one only', () => {
  const recent = roomy();
  recent.addSpan(makeSpan({ traceId: traceId(1), attributes: [['session.id', 'guess']] }));
  recent.session(makeSummary({ traceId: traceId(1), sessionId: 'sid-1' }), []);
  expect(recent.find('guess')).toBeNull();
  expect(recent.find('sid-1')?.traceId).toBe(traceId(1));
});

test('drops the sessions longest without news, and refuses their late spans', () => {
  const recent = new RecentSessions({ maxSessions: 3, maxBytes: 1e8, maxSpansPerSession: 10 });
  for (const index of [1, 2, 3]) recent.addSpan(makeSpan({ traceId: traceId(index) }));
  recent.addSpan(makeSpan({ traceId: traceId(1), spanId: spanId(7) }));
  recent.addSpan(makeSpan({ traceId: traceId(4) }));
  expect(Array.from(recent.sessions(), (session) => session.traceId)).toEqual([3, 1, 4].map(traceId));
  recent.addSpan(makeSpan({ traceId: traceId(2), spanId: spanId(9) }));
  expect(recent.find(traceId(2))).toBeNull();
  expect(recent.counters).toMatchObject({ sessions: 3, spans: 4, evictedSessions: 1, refused: 1 });
});

test('a session that comes back after eviction is marked partial', () => {
  const recent = new RecentSessions({ maxSessions: 1, maxBytes: 1e8, maxSpansPerSession: 10 });
  const live = makeSummary({ traceId: traceId(1), cut: 'live' });
  recent.session(live, []);
  recent.session(makeSummary({ traceId: traceId(2), sessionId: 'other' }), []);
  recent.session(live, []);
  recent.addSpan(makeSpan({ traceId: traceId(1) }));
  expect(recent.find(traceId(1))).toMatchObject({ isPartial: true, spans: { size: 1 } });
});

test('keeps to its bytes, and to the spans and incidents of one session', () => {
  const small = new RecentSessions({ maxSessions: 100, maxBytes: 20_000, maxSpansPerSession: 1000 });
  for (let index = 0; index < 50; index += 1) small.addSpan(makeSpan({ traceId: traceId(index) }));
  expect(small.counters.sizeBytes).toBeLessThanOrEqual(20_000);
  expect(small.counters.sessions + small.counters.evictedSessions).toBe(50);
  const tight = new RecentSessions({ maxSessions: 100, maxBytes: 1e8, maxSpansPerSession: 5 });
  for (let index = 0; index < 8; index += 1) tight.addSpan(makeSpan({ traceId: traceId(1), spanId: spanId(index) }));
  tight.session(
    makeSummary({ traceId: traceId(1) }),
    Array.from({ length: 1200 }, () => makeIncident()),
  );
  expect(tight.find(traceId(1))).toMatchObject({ spans: { size: 5 }, incidents: { length: 1000 } });
  expect(tight.counters).toMatchObject({ spans: 5, refused: 203 });
});

test('counts stay true whatever comes in whatever order', () => {
  const step = fc.record({
    trace: fc.nat(9),
    what: fc.constantFrom('span', 'summary', 'incident', 'start'),
    span: fc.nat(6),
    sid: fc.constantFrom('a', 'b', 'c'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const recent = new RecentSessions({ maxSessions: 4, maxBytes: 30_000, maxSpansPerSession: 5 });
      for (const { trace, what, span, sid } of steps) {
        const summary = makeSummary({ traceId: traceId(trace), sessionId: sid });
        if (what === 'span') recent.addSpan(makeSpan({ traceId: traceId(trace), spanId: spanId(span) }));
        else if (what === 'summary') recent.session(summary, [makeIncident()]);
        else if (what === 'incident') recent.incident(summary, makeIncident());
        else recent.sessionStarted(summary, summary.dimensions, BEGIN_MS);
        const sessions = [...recent.sessions()];
        const { counters } = recent;
        expect(counters.sessions).toBe(sessions.length);
        expect(counters.spans).toBe(sessions.reduce((total, session) => total + session.spans.size, 0));
        expect(sessions.length <= 4 && (counters.sizeBytes <= 30_000 || sessions.length === 1)).toBe(true);
        for (const session of sessions) {
          expect(recent.find(session.traceId)?.traceId).toBe(session.traceId);
          if (session.sessionId !== '') expect(recent.find(session.sessionId)?.sessionId).toBe(session.sessionId);
        }
      }
    }),
    { numRuns: 300, seed: 20_261_121 },
  );
});
