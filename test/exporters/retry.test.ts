import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Batch } from '../../collector/exporters/queue.ts';
import { MemoryQueue } from '../../collector/exporters/queue.ts';
import { type SendResult, withRetry } from '../../collector/exporters/retry.ts';
import { ManualScheduler, until } from './manual-scheduler.ts';

const BATCH: Batch = { bytes: new Uint8Array(3), spans: 2 };
const ACCEPTED: SendResult = { outcome: 'accepted', rejectedSpans: 0, reason: '' };
const busy = (retryAfterMs: number): SendResult => ({ outcome: 'busy', reason: 'HTTP 503', retryAfterMs });

/** Runs the answers through the decorator and returns the waits it chose. */
async function waits(answers: readonly SendResult[], random: number): Promise<number[]> {
  const scheduler = new ManualScheduler();
  const delays: number[] = [];
  let next = 0;
  const send = withRetry(
    async () => {
      next += 1;
      return answers[next - 1] ?? ACCEPTED;
    },
    {
      firstMs: 1000,
      maxMs: 10_000,
      scheduler,
      random: () => random,
      onRetry: (_attempt, _reason, delayMs) => delays.push(delayMs),
    },
  );
  let isDone = false;
  void send(BATCH, new AbortController().signal).then(() => {
    isDone = true;
  });
  await until(() => {
    scheduler.advance(1_000);
    return isDone;
  });
  return delays;
}

const none = Number.NaN;
for (const [name, answers, random, expected] of [
  ['does not wait after success', [ACCEPTED], 0.5, []],
  ['does not repeat a refusal', [{ outcome: 'refused', reason: 'HTTP 400' }], 0.5, []],
  ['doubles up to the limit', [none, none, none, none, none, none].map(busy), 0.5, [500, 1000, 2000, 4000, 5000, 5000]],
  ['spreads over the whole interval', [none, none].map(busy), 0, [0, 0]],
  ['waits out Retry-After, then spreads', [busy(20_000), busy(none)], 0.5, [20_500, 1000]],
  ['does not let a peer stop it for a day', [busy(86_400_000)], 0, [300_000]],
] as const)
  test(name, async () => expect(await waits(answers, random)).toEqual(expected));

test('a batch on which the peer fails every time is given up in the end, and one answer between begins anew', async () => {
  const failed: SendResult = { outcome: 'busy', reason: 'HTTP 500', retryAfterMs: none, isDoubtful: true };
  // Ten seconds each, once they have grown: two hours.
  const long = await waits(Array(1_000).fill(failed), 0.999);
  expect(long.reduce((sum, waitMs) => sum + waitMs, 0)).toBeGreaterThan(1.99 * 3_600_000);
  expect(long.length).toBeLessThan(730);
  expect((await waits([...Array(500).fill(failed), busy(none), ...Array(500).fill(failed)], 0.999)).length).toBe(1_001);
});

test('an abort ends the wait with the last answer', async () => {
  const scheduler = new ManualScheduler();
  const abort = new AbortController();
  const send = withRetry(async () => busy(none), {
    firstMs: 1000,
    maxMs: 1000,
    scheduler,
    random: () => 0.5,
    onRetry: () => {},
  });
  const sent = send(BATCH, abort.signal);
  await until(() => scheduler.timers === 1);
  abort.abort();
  expect(await sent).toEqual(busy(none));
  expect(scheduler.timers).toBe(0);
});

test('a queue keeps order and its limits, and an empty one takes anything', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.record({ spans: fc.nat(60), sizeBytes: fc.nat(600) }), { nil: null }), { maxLength: 80 }),
      (steps) => {
        const queue = new MemoryQueue({ maxSpans: 50, maxBytes: 500 });
        const model: Batch[] = [];
        const sum = (size: (batch: Batch) => number): number => model.reduce((total, batch) => total + size(batch), 0);
        for (const step of steps) {
          if (step === null) {
            expect(queue.peek()).toBe(model.shift());
            queue.shift();
          } else {
            const batch = { spans: step.spans, bytes: new Uint8Array(step.sizeBytes) };
            const fits =
              model.length === 0 ||
              (sum((other) => other.spans) + step.spans <= 50 &&
                sum((other) => other.bytes.length) + step.sizeBytes <= 500);
            expect(queue.push(batch)).toBe(fits ? 'queued' : 'full');
            if (fits) model.push(batch);
          }
          expect([queue.spans, queue.sizeBytes]).toEqual([sum((b) => b.spans), sum((b) => b.bytes.length)]);
        }
      },
    ),
    { seed: 20_261_121 },
  );
});
