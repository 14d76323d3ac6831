import { expect, test } from 'vitest';
import { type OutcomeFacts, outcomeOf, visibilityOf } from '../../collector/correlate/outcome.ts';

const none: OutcomeFacts = {
  isAttempt: true,
  hasStarted: false,
  isFailed: false,
  hasEnded: false,
  isClosed: true,
  isSignalLost: false,
};

for (const [name, facts, outcome] of [
  ['frames were shown', { hasStarted: true }, 'played'],
  ['frames were shown and then it broke', { hasStarted: true, isFailed: true, hasEnded: true }, 'played'],
  ['a fatal error came before the first frame', { isFailed: true, hasEnded: true }, 'start_failure'],
  [
    'a fatal error came before the first frame, and no beacon after it',
    { isFailed: true, isSignalLost: true },
    'start_failure',
  ],
  ['the viewer left before the first frame', { hasEnded: true }, 'exit_before_start'],
  ['it was closed before the first frame without a word', {}, 'exit_before_start'],
  ['beacons stopped while the CDN still served', { hasStarted: true, isSignalLost: true }, 'lost_signal'],
  ['beacons stopped before the first frame while the CDN still served', { isSignalLost: true }, 'lost_signal'],
  [
    'the player said goodbye before the CDN was done',
    { hasStarted: true, hasEnded: true, isSignalLost: true },
    'played',
  ],
  ['it goes on', { hasStarted: true, isClosed: false }, 'in_progress'],
  ['it has not begun', { isClosed: false }, 'in_progress'],
  ['all that was heard of it is its failure', { isAttempt: false, isFailed: true, hasEnded: true }, 'start_failure'],
  ['it was loaded ahead and never asked for', { isAttempt: false, hasStarted: true }, 'in_progress'],
] as const) {
  test(`${outcome}: ${name}`, () => expect(outcomeOf({ ...none, ...facts })).toBe(outcome));
}

for (const [hasPlayer, hasServer, visibility] of [
  [true, true, 'both'],
  [true, false, 'player'],
  [false, true, 'server'],
] as const) {
  test(`visibility ${visibility}`, () => expect(visibilityOf(hasPlayer, hasServer)).toBe(visibility));
}
