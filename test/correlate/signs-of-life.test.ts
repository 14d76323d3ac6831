import { expect, test } from 'vitest';
import { SignsOfLife } from '../../collector/correlate/timeline/signs-of-life.ts';
import { playerEvent, state } from './playback-log.ts';
import { T0 } from './support.ts';

const HEARTBEAT_MS = 10_000;

for (const [name, events, servedAt, expected] of [
  ['the last event, when servers were done before it', [state(20_000, 'playing')], 18_000, 20_000],
  ['the end of what was being served after it', [state(20_000, 'rebuffering')], 24_000, 24_000],
  ['the last event, when no server said anything', [state(20_000, 'rebuffering')], Number.NaN, 20_000],
  ['a heartbeat later at most: longer, and it had spoken', [state(20_000, 'rebuffering')], 90_000, 30_000],
  ['its own word that it is over', [state(20_000, 'rebuffering'), state(21_000, 'quit')], 24_000, 21_000],
  ['the last heartbeat', [state(20_000, 'playing'), playerEvent(30_000, 'heartbeat')], 31_500, 31_500],
] as const) {
  test(`a player was last there at ${name}`, () => {
    const signs = new SignsOfLife();
    for (const event of events) signs.note(event);
    expect(signs.lastSeenMs(T0 + servedAt, HEARTBEAT_MS) - T0).toBe(expected);
  });
}
