import { describe, expect, test } from 'vitest';
import { playerEvent } from '../receivers/support.ts';
import { open } from './opened-journal.ts';

describe('bounds', () => {
  /** Journals of 80 kB in files of 10 kB: an event fills one. */
  const large = (seq: number) => playerEvent({ seq, message: String(seq).padEnd(10_000, 'x') });

  test('what was not processed is never given up: the journal is full', async () => {
    const { journal } = open({ maxBytes: 80_000 });
    const outcomes: string[] = [];
    for (let seq = 0; seq < 10; seq++) {
      outcomes.push(journal.publish(large(seq), 1_000));
      await journal.flush();
    }
    expect(outcomes).toEqual([...Array(8).fill('stored'), 'full', 'full']);
    await journal.close();
  });

  test('what was processed makes room, oldest first', async () => {
    const { journal, files, folder } = open({ maxBytes: 80_000 });
    for (let seq = 0; seq < 30; seq++) {
      expect(journal.publish(large(seq), 1_000)).toBe('stored');
      await journal.flush();
      journal.release(0, seq);
      expect(journal.sizeBytes).toBeLessThan(95_000);
    }
    expect(files().length).toBeGreaterThan(2);
    await journal.close();
    const after = open({ folder });
    expect((await after.journal.replay(0)).lostRecords).toBe(0);
    expect(after.told.at(-1)).toBe(29);
    await after.journal.close();
  });

  test('what nobody needs goes at once', async () => {
    const { journal, files } = open({ maxBytes: 80_000 });
    for (let seq = 0; seq < 5; seq++) {
      journal.publish(large(seq), 1_000);
      await journal.flush();
    }
    journal.release(3, 5);
    expect(files().length).toBe(2);
    await journal.close();
  });

  test('what is old and processed goes although a session still needs it', async () => {
    const { journal, files } = open({ maxBytes: 80_000, maxAgeMs: 60_000 });
    for (const [seq, nowMs] of [
      [0, 1_000],
      [1, 2_000],
      [2, 100_000],
    ] as const) {
      journal.publish(large(seq), nowMs);
      await journal.flush();
    }
    journal.release(0, 1);
    expect(files().length).toBe(2);
    journal.release(0, 3);
    expect(files().length).toBe(1);
    await journal.close();
  });
});
