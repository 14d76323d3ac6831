import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Windows } from '../../collector/audience/windows.ts';
import type { AudienceWindow } from '../../collector/model/audience.ts';

const DAY = 24 * 3_600_000;
const MIDNIGHT = Date.parse('2026-03-01T00:00:00Z');
const NOON = MIDNIGHT + DAY / 2;

/** How many windows the times fall into. */
function windowsOf(kind: AudienceWindow, times: readonly number[]): number {
  const windows = new Windows<object>(kind, 10, () => {});
  return new Set(times.map((atMs) => windows.at('key', atMs, () => ({})))).size;
}

describe('24 hours [semantics.md 7: 23:59:59 / 24:00:00]', () => {
  for (const [what, kind, times, count] of [
    ['rolling: 23:59:59 later is the same', 'rolling', [NOON, NOON + DAY - 1_000], 1],
    ['rolling: 24:00:00 later is another', 'rolling', [NOON, NOON + DAY], 2],
    ['rolling: midnight changes nothing', 'rolling', [MIDNIGHT - 1, MIDNIGHT], 1],
    ['rolling: it begins with the first line, not the last', 'rolling', [NOON, NOON + DAY - 1, NOON + DAY + 1], 2],
    ['rolling: an earlier line that comes late belongs to it', 'rolling', [NOON, NOON - 3_600_000], 1],
    ['fixed: 00:00:00 and 23:59:59 of a day', 'fixed', [MIDNIGHT, MIDNIGHT + DAY - 1_000], 1],
    ['fixed: 24:00:00 is the next day', 'fixed', [MIDNIGHT, MIDNIGHT + DAY], 2],
    ['fixed: a second around midnight is two days', 'fixed', [MIDNIGHT - 1_000, MIDNIGHT], 2],
  ] as const) {
    test(what, () => expect(windowsOf(kind, times)).toBe(count));
  }
});

test('times within one window are in it in any order', () => {
  const offsets = fc.array(fc.integer({ min: 0, max: DAY - 1 }), { minLength: 1, maxLength: 20 });
  for (const kind of ['rolling', 'fixed'] as const) {
    fc.assert(
      fc.property(offsets, (times) => {
        expect(
          windowsOf(
            kind,
            times.map((offset) => MIDNIGHT + offset),
          ),
        ).toBe(1);
      }),
      { seed: 1 },
    );
  }
});

test('what no line can be about any more is forgotten, and a device that comes back every day is not', () => {
  const windows = new Windows<object>('rolling', 1_000, () => {});
  for (let day = 0; day < 30; day++) {
    const atMs = NOON + day * 1.5 * DAY;
    windows.tick(atMs);
    const regular = windows.at('regular', atMs, () => ({}));
    for (let viewer = 0; viewer < 10; viewer++) windows.at(`viewer ${day} ${viewer}`, atMs, () => ({}));
    expect(windows.at('regular', atMs + DAY / 2, () => ({}))).toBe(regular);
  }
  // Of three times a day and a half, ten each, and the one.
  expect(windows.size).toBe(31);
});

for (const [what, stampedMs] of [
  ['logs that are weeks late', NOON - 20 * DAY],
  ['a clock that is years ahead', NOON + 4_000 * DAY],
] as const) {
  test(`${what}: counts once, and makes nobody else count twice`, () => {
    const windows = new Windows<object>('rolling', 1_000, () => {});
    windows.tick(NOON);
    const others = windows.at('others', NOON, () => ({}));
    const known = windows.at('odd', stampedMs, () => ({}));
    windows.tick(NOON + 2 * DAY);
    windows.at('later', NOON + 2 * DAY, () => ({}));
    expect(windows.at('odd', stampedMs, () => ({}))).toBe(known);
    expect(windows.at('others', NOON, () => ({}))).toBe(others);
  });
}

test('a window given up before it was over is counted, one that was over is not', () => {
  let forgotten = 0;
  const windows = new Windows<object>('rolling', 2, () => forgotten++);
  for (const [key, atMs] of [
    ['old', NOON],
    ['new', NOON + DAY],
    ['newer', NOON + DAY],
  ] as const)
    windows.at(key, atMs, () => ({}));
  expect([windows.size, forgotten]).toEqual([2, 0]);
  windows.at('newest', NOON + DAY, () => ({}));
  expect([windows.size, forgotten]).toEqual([2, 1]);
});
