import { describe, expect, test } from 'vitest';
import type { RequestReport } from '../../collector/model/request.ts';
import { type Arrival, runPipeline, testSettings } from '../support/recorded-events.ts';
import { report, sourceOf, T0 } from './support.ts';

/** A log line says when it happened. One that says nonsense must not move the session it names. */

const YEAR_MS = 365 * 24 * 3_600_000;
const SOURCES = [sourceOf('edge', 'edge-a'), sourceOf('origin', 'origin-a')];

/** Ten segments of 4 s, one after the other. */
const SANE: readonly Arrival[] = Array.from({ length: 10 }, (_, i) =>
  arrival(line(i * 4_000, `/v/${i}.m4s`), i * 4_000 + 500),
);

function line(at: number, path: string, sid = 'one'): RequestReport {
  return report({
    at,
    path,
    durationMs: 200,
    bodyBytes: 100_000,
    cmcd: { sid, objectDurationMs: 4_000, objectType: 'video' },
  });
}

function arrival(event: RequestReport, atMs: number): Arrival {
  event.receivedMs = T0 + atMs;
  return { event, arrivedMs: T0 + atMs };
}

const sumOf = (metrics: string, name: string): number =>
  metrics
    .split('\n')
    .filter((row) => row.startsWith(`${name}{`) || row.startsWith(`${name} `))
    .reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);

describe.each([
  ['years ahead', 10 * YEAR_MS],
  ['a little more than a day ahead', 25 * 3_600_000],
  ['at the epoch', -T0],
  ['a little more than 30 days behind', -31 * 24 * 3_600_000],
])('a line %s', (_, offMs) => {
  test.each([1, 4])('leaves the session that it names as it was, over %i partitions', async (partitions) => {
    const tidy = await runPipeline(SOURCES, SANE, testSettings(), partitions);
    const mad = arrival(line(offMs, '/v/mad.m4s'), 18_000);
    const { sessions, spans, metrics } = await runPipeline(SOURCES, [...SANE, mad], testSettings(), partitions);
    expect(sessions).toEqual(tidy.sessions);
    expect(spans).toEqual(tidy.spans);
    expect(sumOf(metrics, 'playpath_requests_total')).toBe(sumOf(tidy.metrics, 'playpath_requests_total') + 1);
    expect(sumOf(metrics, 'playpath_response_bytes_total')).toBeGreaterThan(
      sumOf(tidy.metrics, 'playpath_response_bytes_total'),
    );
    for (const name of ['playpath_event_lag_seconds_sum', 'playpath_paused_seconds_total', 'playpath_unjoined_total'])
      expect(sumOf(metrics, name), name).toBe(sumOf(tidy.metrics, name));
  });

  test.each(['other', ''])('opens no session, whether it names one or not (%j)', async (sid) => {
    const { sessions, metrics } = await runPipeline(
      SOURCES,
      [arrival(line(offMs, '/v/mad.m4s', sid), 18_000)],
      testSettings(),
    );
    expect(sessions).toEqual([]);
    expect(sumOf(metrics, 'playpath_requests_total')).toBe(1);
  });
});

test('a line as early or late as a clock may be is one of its session', async () => {
  for (const offMs of [24 * 3_600_000, -30 * 24 * 3_600_000]) {
    const { sessions } = await runPipeline(
      SOURCES,
      [arrival(line(18_000 + offMs, '/v/1.m4s'), 18_000)],
      testSettings(),
    );
    expect(sessions).toHaveLength(1);
  }
});
