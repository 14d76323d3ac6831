import { expect, test } from 'vitest';
import { experienceScore } from '../../collector/metrics/experience-score.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import type { Incident } from '../../collector/model/incident.ts';
import type { QoeNumbers, SessionSummary } from '../../collector/model/session.ts';
import { series } from './exposition.ts';
import { incident, qoe, summary, T0 } from './facts.ts';

const GOOD = { startupMs: 800, playingMs: 60_000, renderedKbit: 300_000, renderedMediaSeconds: 60 };
const BROKEN_OFF = [incident({ kind: 'playback_failure' })];

test.each([
  ['quick, never stalled, sharp', GOOD, [], 100],
  ['ten seconds until the first frame', { ...GOOD, startupMs: 10_000 }, [], 75],
  ['six seconds until the first frame', { ...GOOD, startupMs: 6_000 }, [], 87.5],
  ['a twentieth of the time stalled', { ...GOOD, playingMs: 57_000, stalledMs: 3_000 }, [], 77.5],
  ['stalled after seeks as well', { ...GOOD, playingMs: 57_000, stalledMs: 1_000, seekStalledMs: 2_000 }, [], 77.5],
  ['half of the time stalled', { ...GOOD, playingMs: 30_000, stalledMs: 30_000 }, [], 55],
  ['the least bitrate', { ...GOOD, renderedKbit: 60 * 200 }, [], 70],
  ['half of the way between the bitrates', { ...GOOD, renderedKbit: 60 * Math.sqrt(300 * 3_000) }, [], 85],
  ['no bitrate known', { ...GOOD, startupMs: 6_000, renderedKbit: 0, renderedMediaSeconds: 0 }, [], (100 * 57.5) / 70],
  ['no startup known', { ...GOOD, startupMs: Number.NaN, playingMs: 57_000, stalledMs: 3_000 }, [], 70],
  ['broken off', GOOD, BROKEN_OFF, 50],
] satisfies [string, Partial<QoeNumbers>, readonly Incident[], number][])('%s', (_, numbers, incidents, expected) => {
  expect(experienceScore(summary({ outcome: 'played', qoe: qoe(numbers) }), incidents)).toBeCloseTo(expected, 6);
});

test.each([
  ['a technical start failure', { outcome: 'start_failure' }, [incident({ kind: 'startup_failure' })], 0],
  [
    'a refusal',
    { outcome: 'start_failure' },
    [incident({ kind: 'startup_failure', errorClass: 'business' })],
    Number.NaN,
  ],
  ['gone before the first frame', { outcome: 'exit_before_start', beginMs: T0, endMs: T0 + 1_000 }, [], 0],
  ['gone at once', { outcome: 'exit_before_start', beginMs: T0, endMs: T0 + 999 }, [], Number.NaN],
  [
    'nothing known at all',
    { outcome: 'lost_signal', qoe: qoe({ startupMs: Number.NaN, playingMs: 0 }) },
    [],
    Number.NaN,
  ],
] satisfies [string, Partial<SessionSummary>, readonly Incident[], number][])(
  'without a picture: %s',
  (_, facts, incidents, expected) => expect(experienceScore(summary(facts), incidents)).toBe(expected),
);

test('a session is scored once, when it ends', () => {
  const metrics = createMetrics();
  const good = summary({ outcome: 'played', qoe: qoe(GOOD) });
  metrics.sessionClosed(good, [], 'grid');
  expect(series(metrics, 'playpath_experience_score_count', 'version')).toEqual({});
  metrics.sessionClosed(good, [], 'ended');
  expect(series(metrics, 'playpath_experience_score_count', 'version')).toEqual({ 1: 1 });
  expect(series(metrics, 'playpath_experience_score_sum', 'version')).toEqual({ 1: 100 });
});
