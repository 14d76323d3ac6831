import { expect, test } from 'vitest';
import type { Incident } from '../../collector/model/incident.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { report, sourceOf, T0 } from './support.ts';
import { correlatorTelling, toldIncidents } from './told-incidents.ts';

type Fields = NonNullable<Parameters<typeof report>[0]>;

const a = (at: number, fields: Fields = {}) => report({ at, emitter: 'cdn-a', host: 'a.test', ...fields });
const b = (at: number, fields: Fields = {}) => report({ at, emitter: 'cdn-b', host: 'b.test', ...fields });
const refused = { status: 503 };

const moves = (incidents: readonly Incident[]) =>
  incidents.flatMap(({ failover, beginMs }) => (failover ? [[failover.from, failover.to, beginMs - T0]] : []));
const movesOf = (lines: readonly RequestReport[], events: readonly Partial<PlayerEvent>[] = []) =>
  moves(toldIncidents(events, lines));

test('sound that moves alone, though nobody says that it is sound, takes no viewer along', () => {
  const pictures = (n: number, line: typeof a, fields: Fields = {}) =>
    line(n * 2_000, { path: `/film/chunk-1-${n}.m4s`, bodyBytes: 600_000, ...fields });
  const sound = (n: number, line: typeof a, fields: Fields = {}) =>
    line(n * 2_000 + 50, { path: `/film/chunk-9-${n}.m4s`, bodyBytes: 16_000, ...fields });
  const begin = [1, 2, 3, 4].flatMap((n) => [pictures(n, a), sound(n, a)]);
  expect(movesOf([...begin, pictures(5, a), sound(5, a, refused), sound(5, b), pictures(6, a), sound(6, a)])).toEqual(
    [],
  );
  expect(movesOf([...begin, sound(5, a, refused), sound(5, b), pictures(6, b), sound(6, b)])).toEqual([
    ['cdn-a', 'cdn-b', 10_050],
  ]);
});

test('a playback that goes back where only an origin tells of it is seen by the id the origin was asked with', () => {
  const id = (n: number) => `q8vKFzF7p2wJ0iXbKq3T1nQyZlN5-eUo_4cBdGmRhSAtVwXyE9PuL${n}==`;
  const origin = (at: number, n: number, fields: Fields = {}) =>
    report({ at, tier: 'origin', host: 'origin.test', parentRequestId: id(n), path: `/v/seg_${n}.m4s`, ...fields });
  const lines = [
    a(0, { requestId: id(0), path: '/v/seg_0.m4s' }),
    origin(2, 0),
    b(4_000, refused),
    // Its edge's lines were thrown away.
    origin(6_000, 1),
    origin(10_000, 2),
  ];
  expect(movesOf([...lines.slice(0, 2), b(2_000), ...lines.slice(2)])).toEqual([['cdn-b', 'cdn-a', 4_000]]);
});

test('a stall is where its viewer was by the clock that the joined requests allow', () => {
  const aheadMs = 5_000;
  const seen = (at: number, host: string) =>
    report({ at: at + aheadMs, tier: 'player', host, path: `/v/${at}`, durationMs: 900 });
  const lines = [0, 4_000].flatMap((at) => [a(at + 1, { path: `/v/${at}`, durationMs: 898 }), seen(at, 'a.test')]);
  const moved = [b(9_001, { path: '/v/9000', durationMs: 898 }), seen(9_000, 'b.test')];
  // Its posts take 3 s, so by them alone its clock is no more than 2 s ahead.
  const told = (state: PlayerEvent['state'], at: number): Partial<PlayerEvent> => {
    const tsMs = T0 + at + aheadMs;
    return { name: 'state', ...(state ? { state } : {}), tsMs, receivedMs: T0 + at + 3_000, seq: at };
  };
  const events = [told('starting', 0), told('playing', 1_000), told('rebuffering', 8_500), told('playing', 9_900)];
  expect(movesOf([...lines, ...moved], events)).toEqual([['cdn-a', 'cdn-b', expect.closeTo(8_500, -1)]]);
});

test('lines of a session that nobody names are told in order, those of the latest source as well', () => {
  const source = (emitter: string, latenessMs: number) => sourceOf('edge', emitter, latenessMs);
  const [fast, slow] = [source('cdn-b', 1_000), source('cdn-a', 10_000)];
  const line = (made: RequestReport, from: typeof fast) => Object.assign(made, { source: from });
  const fasts = [0, 2_000].map((at) => line(b(at), fast));
  const lates = [line(b(4_000, refused), fast), line(b(9_000), fast)];
  const slows = [line(a(5_000), slow), line(a(7_000, refused), slow)];
  const incidents: Incident[] = [];
  const correlator = correlatorTelling(incidents);
  // All of them waited for a name as long as the latest line may take.
  const take = (lines: readonly RequestReport[], latenessMs: number): void => {
    for (const each of lines) correlator.report(each, 'device', true, each.startMs + latenessMs + 10_000);
  };
  take([...fasts, ...lates], 1_000);
  for (let at = 20_000; at < 24_000; at += 1_000) correlator.tick(T0 + at);
  take(slows, 10_000);
  Array.from(correlator.drain('shutdown'));
  expect(moves(incidents)).toEqual([
    ['cdn-b', 'cdn-a', 4_000],
    ['cdn-a', 'cdn-b', 7_000],
  ]);
});
