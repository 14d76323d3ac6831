import { expect, test } from 'vitest';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { report, T0 } from './support.ts';
import { SID, toldIncidents } from './told-incidents.ts';

const fatal = { name: 'error', isFatal: true, tsMs: T0 + 30_000, errorCode: 'fragLoadError' } as const;

const failuresOf = (events: readonly Partial<PlayerEvent>[], lines: readonly RequestReport[] = []) =>
  toldIncidents(events, lines)
    .map(({ kind }) => kind)
    .filter((kind) => kind === 'startup_failure' || kind === 'playback_failure');

test('who played broke off, though the post that told of the start was lost', () => {
  expect(failuresOf([{ name: 'state', state: 'playing', tsMs: T0 }, fatal])).toEqual(['playback_failure']);
});

test('who never played never started', () => {
  expect(failuresOf([{ name: 'state', state: 'starting', tsMs: T0 }, fatal])).toEqual(['startup_failure']);
});

test('a player that never says its state broke off when its requests show that it had begun', () => {
  const error = { name: 'error', tsMs: T0 + 21_000 } as const;
  const cmcd = { sid: SID, objectDurationMs: 4_000 };
  const segments = [0, 1, 2, 3, 4].map((i) =>
    report({ at: i * 4_000, path: `/v/seg_${i}.m4s`, durationMs: 300, cmcd }),
  );
  const refused = report({ at: 20_000, path: '/v/seg_5.m4s', status: 503, cmcd });
  expect(failuresOf([error], [refused])).toEqual(['startup_failure']);
  expect(failuresOf([error], [...segments, refused])).toEqual(['playback_failure']);
});
