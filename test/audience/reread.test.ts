import { expect, test } from 'vitest';
import { Audience } from '../../collector/audience/audience.ts';
import { Listen } from '../../collector/audience/listen.ts';
import type { SessionRef } from '../../collector/model/session.ts';
import { delta, SESSION, summary, T0, VIEWER } from '../metrics/facts.ts';
import { audioRequest, clientOf, Ledger } from './facts.ts';

const [first, second, third] = ['a', 'b', 'c'].map(
  (letter): SessionRef => ({ ...SESSION, traceId: letter.repeat(32) }),
);

function play(audience: Audience, session: SessionRef, playingMs = 6_000): void {
  audience.started(session, VIEWER, clientOf(), T0);
  audience.played(session, VIEWER, delta({ playingMs }), 'player');
}

test('what counts once in 24 hours counts once through a restart, for whom it had counted', () => {
  const before = new Ledger();
  const audience = new Audience(before);
  play(audience, first as SessionRef);
  audience.closed(summary({ ...first }));
  play(audience, second as SessionRef);
  const record = structuredClone(audience.record());
  expect(before.of('player_full').devices).toBe(1);

  const rebuilt = new Ledger();
  const next = new Audience(rebuilt);
  next.beginReread(record);
  // The second session is still open. It was not the one that made its device count.
  play(next, second as SessionRef);
  expect(rebuilt.of('player_full')).toMatchObject({ starts: 1, devices: 0 });
  next.endReread(record);
  play(next, third as SessionRef);
  expect(rebuilt.of('player_full')).toMatchObject({ starts: 2, devices: 0 });
});

test('a session that made its device count does so again when its events are read again, and only once', () => {
  const audience = new Audience(new Ledger());
  play(audience, first as SessionRef);
  const record = structuredClone(audience.record());
  const rebuilt = new Ledger();
  const next = new Audience(rebuilt);
  next.beginReread(record);
  play(next, first as SessionRef);
  next.endReread(record);
  next.closed(summary({ ...first }));
  play(next, first as SessionRef);
  expect(rebuilt.of('player_full').devices).toBe(1);
});

test('a listen that was written down goes on as if it had not been', () => {
  const parts = [0, 40_000, 20_000, 90_000].map((firstByte) => audioRequest({ firstByte, bytes: 30_000 }));
  const whole = new Listen(128);
  for (const part of parts) whole.add(part, false);
  whole.addSegmentTime(4_000);
  let resumed = new Listen(128);
  for (const part of parts) {
    resumed = Listen.from(structuredClone(resumed.record()), 128);
    resumed.add(part, false);
  }
  resumed.addSegmentTime(4_000);
  expect(resumed.totals()).toEqual(whole.totals());
  expect(resumed.record()).toEqual(whole.record());
});
