import { toDataFrame } from '@grafana/data';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LANES } from '../../src/defaults';
import { readFrames } from '../../src/frames/read-frames';
import { sessionLanes } from '../../src/lanes';
import { NO_FILTER } from '../../src/model/filter';
import { headlineOf } from '../../src/model/headline';
import { readSessions } from '../../src/model/read-sessions';
import { BEGIN_MS, traceFrame } from '../frames';

type Cells = readonly [
  at: number,
  ms: number,
  lane: string,
  state: string,
  columns?: Readonly<Record<string, unknown>>,
];

/** A table as a person types it, documented in docs/panel.md. */
function table(...rows: readonly Cells[]) {
  const names = ['time', 'duration', 'lane', 'state'];
  const more = [...new Set(rows.flatMap(([, , , , columns]) => Object.keys(columns ?? {})))];
  const column = (name: string) =>
    rows.map(([at, ms, lane, state, columns]) => {
      const known: Record<string, unknown> = { time: BEGIN_MS + at, duration: ms, lane, state, ...columns };
      return known[name] ?? null;
    });
  return toDataFrame({ name: 'mine', fields: [...names, ...more].map((name) => ({ name, values: column(name) })) });
}

function drawn(...frames: Array<ReturnType<typeof table>>) {
  const [{ session, rows }] = readSessions(readFrames(frames));
  return { session, lanes: sessionLanes({ session, rows, overlays: [], filter: NO_FILTER }, DEFAULT_LANES) };
}

const states = ({ session }: ReturnType<typeof drawn>) =>
  session.states.map(({ state, startMs, endMs, isInferred }) =>
    [state, startMs - BEGIN_MS, endMs - BEGIN_MS, ...(isInferred ? ['inferred'] : [])].join(' ')
  );

describe('a table of player states', () => {
  test('tells what the player said, and a lane beyond its last state makes the session longer', () => {
    const made = drawn(
      table(
        [0, 600, 'player', 'startup'],
        [9000, 3000, 'player', 'stalled'],
        [100, 200, 'edge', ''],
        [20_000, 1000, 'encoder', 'restarting']
      )
    );
    expect(states(made)).toEqual(['startup 0 600', 'playing 600 9000', 'stalled 9000 12000', 'playing 12000 21000']);
    expect([...made.session.missing.keys()]).not.toContain('player');
    expect([made.session.startMs, made.session.endMs]).toEqual([BEGIN_MS, BEGIN_MS + 21_000]);
    expect(made.lanes.map(({ label }) => label)).toContain('encoder');
  });

  test('is complete as it is, and a stall without a cause is not called no trouble', () => {
    const { session } = drawn(table([0, 600, 'player', 'startup'], [900, 3000, 'player', 'stalled']));
    expect([session.isLive, session.notes]).toEqual([false, []]);
    expect(headlineOf(session)).toMatchObject({
      title: 'Session · started in 600 ms · 1 stall, 3 s',
      quiet: 'Nothing in the data says why.',
    });
  });

  test('states are inferred only where a column says so', () => {
    const inferred = { 'playpath.stall.precision': 'inferred' };
    const made = drawn(table([0, 600, 'player', 'startup'], [900, 100, 'player', 'stalled', inferred]));
    expect(states(made)).toEqual(['startup 0 600', 'playing 600 900', 'stalled 900 1000 inferred']);
  });

  test.each<[string, Cells, string[]]>([
    ['ended', [5000, 0, 'player', 'ended'], ['startup 0 600', 'playing 600 5000', 'ended 5000 9000']],
    ['failed', [5000, 0, 'player', 'failed'], ['startup 0 600', 'playing 600 5000', 'failed 5000 9000']],
  ])('after %s nothing plays', (_, row, expected) => {
    expect(states(drawn(table([0, 600, 'player', 'startup'], row, [8000, 1000, 'notes', 'x'])))).toEqual(expected);
  });
});

test('a table beside a trace does not keep its player playing', () => {
  const trace = traceFrame([
    { name: 'session', id: 'root', at: 0, ms: 10_000, tags: { 'session.id': 'mine', 'playpath.outcome': 'played' } },
    { name: 'startup', parent: 'root', at: 0, ms: 500, tags: { 'session.id': 'mine' } },
  ]);
  const made = drawn(trace, table([-2000, 1000, 'encoder', 'up'], [12_000, 3000, 'encoder', 'down']));
  expect(made.session.states.at(-1)).toMatchObject({ state: 'ended', endMs: BEGIN_MS + 10_000 });
  expect([made.session.startMs, made.session.endMs]).toEqual([BEGIN_MS - 2000, BEGIN_MS + 15_000]);
});

test('halves are joined and evidence is found by the ids a table gives', () => {
  const { session } = drawn(
    table(
      [0, 400, 'request', '', { id: 'a' }],
      [50, 300, 'edge', '', { id: 'b', parent: 'a', status: 503, cdn: 'edge-a' }],
      [0, 900, 'incident', '', { id: 'c', evidence: 'a, b', verdict: 'edge_error', kind: 'startup_failure' }]
    )
  );
  expect(session.requests).toHaveLength(1);
  expect(session.requests[0]).toMatchObject({ id: 'a', cdn: 'edge-a', status: 503 });
  expect(session.incidents[0].evidence).toEqual(new Set(['a']));
});
