import { describe, expect, test } from 'vitest';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import { type Arrival, runPipeline, testSettings } from '../support/recorded-events.ts';
import { report, sourceOf, T0 } from './support.ts';

/** A player's clock may be years off, and may be set right in the middle: the session is as long as it was. */

const YEAR_MS = 365 * 24 * 3_600_000;
const player = sourceOf('player', 'player');
const EVERY_MS = 5_000;

/** A minute of playback, a heartbeat every five seconds; the clock is `offMs(i)` off at the i-th. */
function playback(offMs: (i: number) => number): Arrival[] {
  const said = (i: number, at: number, fields: Partial<PlayerEvent>): Arrival => {
    const arrivedMs = T0 + at + 100;
    const times = { tsMs: T0 + at + offMs(i), receivedMs: arrivedMs, seq: i };
    return { event: { kind: 'player', name: 'heartbeat', source: player, sid: 'one', ...times, ...fields }, arrivedMs };
  };
  return [
    said(0, 0, { name: 'play_requested' }),
    said(1, 500, { name: 'state', state: 'playing' }),
    ...Array.from({ length: 10 }, (_, i) => said(i + 2, (i + 1) * EVERY_MS, {})),
    said(12, 60_000, { name: 'state', state: 'ended' }),
  ];
}

async function played(arrivals: readonly Arrival[]) {
  const { sessions } = await runPipeline([player], arrivals, testSettings());
  expect(sessions).toHaveLength(1);
  const { qoe, outcome } = sessions[0]!;
  return { playingMs: qoe.playingMs, pausedMs: qoe.pausedMs, startupMs: qoe.startupMs, outcome };
}

describe.each([10 * YEAR_MS, -10 * YEAR_MS, 25 * 3_600_000, -25 * 3_600_000])(
  'a player’s clock that is %i ms off',
  (offMs) => {
    test.each([
      ['all the time', () => true],
      ['once', (i: number) => i === 5],
      ['from the middle on', (i: number) => i >= 5],
      ['until the middle', (i: number) => i < 5],
      ['at the first word', (i: number) => i === 0],
      ['at the last word', (i: number) => i === 12],
    ])('%s makes the session neither longer nor shorter', async (_, isOff) => {
      const tidy = await played(playback(() => 0));
      const found = await played(playback((i) => (isOff(i) ? offMs : 0)));
      expect(tidy).toEqual({ playingMs: 59_500, pausedMs: 0, startupMs: 500, outcome: 'played' });
      expect(found).toEqual(tidy);
    });
  },
);

test('a request that a player dates years off is one of its session', async () => {
  const half = (at: number): Arrival => {
    const made = report({ tier: 'player', at: at + 10 * YEAR_MS, durationMs: 100, cmcd: { sid: 'one' } });
    made.receivedMs = T0 + at + 100;
    return { event: made, arrivedMs: T0 + at + 100 };
  };
  const arrivals = [...playback(() => 0), half(20_000)];
  const { sessions } = await runPipeline([player], arrivals, testSettings());
  expect(sessions).toHaveLength(1);
  expect((sessions[0]?.endMs ?? 0) - (sessions[0]?.beginMs ?? 0)).toBeLessThan(61_000);
});
