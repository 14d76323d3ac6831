import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderText } from '../../collector/exporters/prometheus.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { BUDGETS } from '../../collector/metrics/labels.ts';
import { parseExposition, series } from './exposition.ts';
import { incident, report, SESSION, source, T0, VIEWER } from './facts.ts';

const ATTACK = 100_000;

describe('an attack on a label', () => {
  test('ends in `other`, is counted, and loses no request', () => {
    const metrics = createMetrics();
    for (let i = 0; i < ATTACK; i++) metrics.delivery(report({ pop: `P${i}` }));
    const pops = series(metrics, 'playpath_requests_total', 'pop');
    expect(Object.keys(pops).length).toBe(BUDGETS.pop);
    expect(pops.P0).toBe(1);
    // One value of the budget went to `none`, the name of an absent site; `other` is on top of it.
    expect(pops.other).toBe(ATTACK - (BUDGETS.pop - 1));
    expect(series(metrics, 'playpath_label_overflow_total', 'label')).toEqual({ pop: ATTACK - (BUDGETS.pop - 1) });
    expect(series(metrics, 'playpath_response_bytes_total')).toEqual({ '': ATTACK * 1_000_000 });
  });

  test('on a viewer dimension leaves the others apart', () => {
    const metrics = createMetrics({ budgets: { player: 3 } });
    for (let i = 0; i < 10; i++) metrics.sessionStarted(SESSION, { ...VIEWER, player: `bot-${i}` }, T0);
    expect(series(metrics, 'playpath_sessions_started_total', 'tenant', 'player')).toEqual({
      'acme bot-0': 1,
      'acme bot-1': 1,
      'acme bot-2': 1,
      'acme other': 7,
    });
  });

  test('by combinations keeps the numbers of a tenant with the tenant', () => {
    const metrics = createMetrics({ budgets: { viewer: 8 } });
    for (let i = 0; i < 30; i++)
      metrics.sessionStarted(SESSION, { ...VIEWER, tenant: 'big', country: `C${i}`, property: `p${i}` }, T0);
    const byTenant = series(metrics, 'playpath_sessions_started_total', 'tenant', 'stream_type', 'country');
    expect(byTenant['big live other']).toBe(23);
    expect(Object.values(byTenant).reduce((sum, value) => sum + value)).toBe(30);
    expect(series(metrics, 'playpath_label_overflow_total', 'label')).toEqual({ viewer: 23 });
  });

  test('on the product of labels ends in the all-other series of that metric', () => {
    const metrics = createMetrics({ seriesBudget: 10 });
    for (let i = 0; i < 50; i++) metrics.delivery(report({ pop: `P${i}` }));
    expect(Object.keys(series(metrics, 'playpath_requests_total', 'cdn', 'pop')).length).toBe(11);
    expect(series(metrics, 'playpath_requests_total', 'cdn')).toEqual({ 'edge-a': 10, other: 40 });
    expect(series(metrics, 'playpath_response_bytes_total', 'cdn')).toEqual({ 'edge-a': 10e6, other: 40e6 });
    expect(series(metrics, 'playpath_series_overflow_total', 'metric').playpath_requests_total).toBe(40);
  });

  test('of a closed set is `other` without spending anything', () => {
    const metrics = createMetrics();
    metrics.incident(SESSION, VIEWER, { ...incident(), verdict: 'gremlins' as 'unknown' });
    expect(series(metrics, 'playpath_incidents_total', 'verdict')).toEqual({ other: 1 });
    expect(series(metrics, 'playpath_label_overflow_total')).toEqual({});
  });
});

describe('hostile values', () => {
  const rendered = async (player: string) => {
    const metrics = createMetrics();
    metrics.sessionStarted(SESSION, { ...VIEWER, player }, T0);
    const text = await renderText(metrics.families());
    return parseExposition(text).find(({ name }) => name === 'playpath_sessions_started_total')?.labels.player;
  };

  test.each([
    ['quotes and braces', 'a"}b{c="', 'a"}b{c="'],
    ['a line of its own', 'x\nplaypath_requests_total 9e9', 'x\nplaypath_requests_total 9e9'],
    ['backslashes', 'C:\\n\\"', 'C:\\n\\"'],
    ['object keys', '__proto__', '__proto__'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['length', 'x'.repeat(10_000), 'x'.repeat(128)],
    ['nothing', '', 'unknown'],
    ['our own word', 'other', 'other'],
  ])('%s', async (_, player, expected) => {
    expect(await rendered(player)).toBe(expected);
  });

  test('whatever a player calls itself is one series that reads back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), async (player) => {
        expect(await rendered(player)).toBe(player.slice(0, 128).toWellFormed());
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('values that are written alike are one series', () => {
    const metrics = createMetrics();
    for (const player of ['a\ud800', 'a\ud801', 'a\ufffd', 'a\ud800'])
      metrics.sessionStarted(SESSION, { ...VIEWER, player }, T0);
    expect(series(metrics, 'playpath_sessions_started_total', 'player')).toEqual({ 'a\ufffd': 4 });
  });
});

test('a CDN has one name as cdn, from and to', () => {
  const metrics = createMetrics({ budgets: { cdn: 2 } });
  metrics.cdnSwitch(SESSION, { from: 'a', to: 'b', atMs: T0, reason: 'unknown' });
  metrics.unjoined(report({ source: source({ emitter: 'c' }) }));
  metrics.unjoined(report({ source: source({ emitter: 'b' }) }));
  expect(series(metrics, 'playpath_cdn_switches_total', 'from', 'to')).toEqual({ 'a b': 1 });
  expect(series(metrics, 'playpath_unjoined_total', 'cdn', 'tier')).toEqual({ 'other edge': 1, 'b edge': 1 });
});
