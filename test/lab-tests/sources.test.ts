import { expect, test } from 'vitest';
import type { Scenario } from '../lab/scenario.ts';
import { labSources } from '../lab/sources.ts';
import { collect, linesOf, scenarioNamed } from './collected.ts';

const base: Scenario = { ...scenarioNamed('healthy'), arrivals: { ...scenarioNamed('healthy').arrivals, atStart: 30 } };
const MINUTES = 0.4;

test('a log nobody delivers is written and withheld', () => {
  const scenario = { ...base, origin: { ...base.origin, isLogged: false } };
  const run = collect(scenario, 1, MINUTES);
  expect(linesOf(run, 'origin')).toEqual([]);
  expect(run.fleet.sources.origin?.withheld).toBe(run.fleet.sources.origin?.written);
  expect(run.fleet.sources.origin?.written).toBeGreaterThan(50);
  expect(labSources(scenario).map(({ name }) => name)).toEqual(['cloudfront', 'fastly', 'player']);
});

test('without player data nothing is posted', () => {
  const scenario = { ...base, telemetry: { ...base.telemetry, isPosted: false } };
  const run = collect(scenario, 1, MINUTES);
  expect(run.deliveries.filter(({ kind }) => kind === 'post')).toEqual([]);
  expect(run.fleet.posts.blocked).toBe(run.fleet.posts.made);
});

test('without CMCD no request says who it belongs to', () => {
  const run = collect({ ...base, telemetry: { ...base.telemetry, hasCmcd: false } }, 1, MINUTES);
  const lines = [...linesOf(run, 'cloudfront'), ...linesOf(run, 'fastly')];
  expect(lines.length).toBeGreaterThan(300);
  expect(lines.filter((line) => line.includes('CMCD'))).toEqual([]);
  const silent = run.sessions.filter(({ player, blocked }) => player === 'cmcd-v1' || player === 'plain' || blocked);
  expect(silent.length).toBeGreaterThan(5);
  expect(silent.filter(({ isSidSent }) => isSidSent)).toEqual([]);
});

test('a sampled log keeps its share', () => {
  const cdns = base.cdns.map((cdn) => ({ ...cdn, sampleRate: 0.2 }));
  const { fleet } = collect({ ...base, cdns }, 1, MINUTES);
  const { written = 0, delivered = 0 } = fleet.sources.cloudfront ?? {};
  expect(delivered / written).toBeGreaterThan(0.12);
  expect(delivered / written).toBeLessThan(0.28);
});

test('lines come as late as their source, and out of order', () => {
  const cdns = base.cdns.map((cdn) => ({ ...cdn, latenessMs: [60_000, 180_000] as const }));
  const run = collect({ ...base, cdns }, 1, MINUTES);
  const begun = run.deliveries
    .filter(({ body }) => /^\d{4}-/.test(body))
    .map(({ body, deliveredMs }) => {
      const [date = '', time = ''] = body.split('\t');
      return { writtenMs: Date.parse(`${date}T${time}Z`), deliveredMs };
    });
  expect(begun.length).toBeGreaterThan(100);
  for (const { writtenMs, deliveredMs } of begun) {
    // The log writes whole seconds.
    expect(deliveredMs - writtenMs).toBeGreaterThanOrEqual(59_000);
    expect(deliveredMs - writtenMs).toBeLessThanOrEqual(181_000);
  }
  expect(begun.some(({ writtenMs }, i) => i > 0 && writtenMs < (begun[i - 1]?.writtenMs ?? 0) - 10_000)).toBe(true);
});

test('a wrong clock is wrong in every report of its player, and the truth says by how much', () => {
  const telemetry = { ...base.telemetry, skewShare: 1, skewMs: 3_600_000, blockedShare: 0 };
  const run = collect({ ...base, telemetry }, 1, MINUTES);
  const bySid = new Map(run.sessions.map((truth) => [truth.sid, truth]));
  let seen = 0;
  for (const { path, body, deliveredMs } of run.deliveries) {
    if (path !== '/v1/cmcd') continue;
    const sid = /sid="([^"]+)"/.exec(body)?.[1] ?? '';
    const ts = Number(/(?:^|,)ts=(\d+)/.exec(body)?.[1]);
    const skewMs = bySid.get(sid)?.clockSkewMs ?? Number.NaN;
    // An rr event carries the begin of its request, which may be long before its post.
    expect(Math.abs(ts - skewMs - deliveredMs)).toBeLessThan(25_000);
    seen++;
  }
  expect(seen).toBeGreaterThan(200);
  expect(run.sessions.filter(({ clockSkewMs }) => Math.abs(clockSkewMs) > 600_000).length).toBeGreaterThan(10);
});
