import { describe, expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import { manifest, segment, steady, watched } from './server-lines.ts';
import { edgeRequest } from './support.ts';

/** Six segments as fast as they come, from 0.1 s on, then one every 4 s: 20 s are ahead whenever one is asked for. */
const full = (count: number): JoinedRequest[] => [
  manifest(0),
  ...[0, 1, 2, 3, 4, 5].map((n) => segment(n, 100 + n * 100, 100)),
  ...steady(6, count, 4_200),
];
const poll = (at: number): JoinedRequest =>
  edgeRequest({ at, path: '/v2/index.m3u8', objectType: 'manifest', durationMs: 20 });

/** What others of this title told. */
function others(furthest: number): ContentMemory {
  const memory = new ContentMemory();
  memory.segmentsOf('t').reached('/v2/seg_0.m4s', furthest);
  return memory;
}

describe('of a viewer who left', () => {
  test('what was in the buffer does not count, but for half of what they had to play until they would ask again', () => {
    const { server } = watched(full(10), { segments: others(500).segmentsOf('t') });
    expect(server.qoe.playingMs).toBeCloseTo(64_000 - 20_000 - 1_900, -3);
  });

  test('nothing of it counts when a request broke off', () => {
    const cut = segment(16, 44_200, 300, {}, { isComplete: false });
    const { server } = watched([...full(10), cut], { segments: others(500).segmentsOf('t') });
    expect(server.qoe.playingMs).toBeCloseTo(44_500 - 200, -2);
  });

  test('all of it counts where nobody got any further: a title ends there', () => {
    expect(watched(full(10), { segments: others(15).segmentsOf('t') }).server.qoe.playingMs).toBe(64_000);
    expect(watched(full(10)).server.qoe.playingMs).toBe(64_000);
  });

  test('what is live has no end', () => {
    const polls = [poll(2_000), poll(6_000), poll(10_000)];
    const requests = [...full(10), ...polls].toSorted((a, b) => a.startMs - b.startMs);
    expect(watched(requests).server.qoe.playingMs).toBeCloseTo(64_000 - 20_000 - 1_900, -3);
  });

  test('a request given up long before, of which a log tells last, breaks nothing off', () => {
    const slow = segment(6, 4_200, 60_000, {}, { isComplete: false });
    const again = segment(6, 6_000, 200, {}, {});
    const requests = [...full(0), slow, again, ...steady(7, 9, 8_200)];
    expect(watched(requests).server.qoe.playingMs).toBe(64_000);
  });
});

test('so far, what was delivered counts when it is played', () => {
  const { server } = watched(full(0).slice(0, 4), { segments: others(500).segmentsOf('t') });
  expect(server.qoe.playingMs).toBe(12_000);
  const longer = watched([...full(3), segment(9, 16_200, 200)]).server;
  const counted = longer.takeDelta()?.playingMs ?? 0;
  expect(counted).toBe(longer.qoe.playingMs);
});

describe('a jump', () => {
  const there = [100, 101, 102].map((n) => segment(n, 12_300 + (n - 100) * 4_000, 200));

  test('throws away what was ahead', () => {
    const { server } = watched([...full(2), ...there]);
    expect(server.qoe.seeks).toBe(1);
    // 12.1 s before it; half of the first segment there, and the two after it.
    expect(server.qoe.playingMs).toBeCloseTo(12_100 + 10_000, -3);
  });

  test('was none when the next request goes on where it was', () => {
    const stray = segment(1, 10_000, 50);
    const { server } = watched([...full(2), stray, ...steady(8, 6, 12_200)]);
    expect(server.qoe).toMatchObject({ seeks: 0, seekStalledMs: 0, playingMs: 56_000 });
  });

  test('was none when lines of the same second come out of order', () => {
    const shuffled = [0, 5, 1, 2, 3, 4].map((n, at) => segment(8 + n, 12_000 + at, 200));
    const { server } = watched([...full(2), ...shuffled, ...steady(14, 4, 36_000)]);
    expect(server.qoe).toMatchObject({ seeks: 0, seekStalledMs: 0, playingMs: 72_000 });
  });
});
