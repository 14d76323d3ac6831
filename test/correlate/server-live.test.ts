import { describe, expect, test } from 'vitest';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { type Cmcd, segment, watched } from './server-lines.ts';
import { edgeRequest } from './support.ts';

const poll = (at: number, cmcd: Cmcd = {}, more: Partial<RequestReport> = {}): JoinedRequest =>
  edgeRequest({ at, path: '/v2/index.m3u8', objectType: 'manifest', durationMs: 20, ...more, cmcd });

/** A poll, and the segment it told of. */
const news = (n: number, at: number, cmcd: Cmcd = {}): JoinedRequest[] => [poll(at), segment(n, at + 30, 200, cmcd)];

/** Three segments at once, then one every 4 s: the buffer of 12 s would last until 20.23 s. */
const atTheEdge = [...news(0, 0), segment(1, 240, 100), segment(2, 350, 100), ...news(3, 4_000), ...news(4, 8_000)];
const quiet = [12, 16, 20, 24].map((second) => poll(second * 1_000));

function stallsOf(requests: readonly JoinedRequest[]): readonly (readonly [number, number])[] {
  return watched(requests).log.stalls.map(({ beginMs, endMs }) => [beginMs, endMs]);
}

describe('a live player that polled and asked for no segment', () => {
  test('had none to ask for when its buffer is empty then', () => {
    expect(stallsOf([...atTheEdge, ...quiet, ...news(5, 28_000, { bufferMs: 0 })])).toEqual([[20_230, 28_230]]);
  });

  test('was stopped when it is full', () => {
    expect(stallsOf([...atTheEdge, ...quiet, ...news(5, 28_000, { bufferMs: 11_000 })])).toEqual([]);
  });

  test('had none to ask for when it fetches all it can get then', () => {
    const burst = [...news(5, 28_000), segment(6, 28_240, 200), segment(7, 28_450, 200)];
    expect(stallsOf([...atTheEdge, ...quiet, ...burst])).toEqual([[20_230, 28_230]]);
  });

  test('was stopped when it fetches one after the other then, not as polls tell of them', () => {
    const full = [segment(5, 26_100, 200), poll(28_000), segment(6, 30_100, 9_000), segment(7, 39_100, 200)];
    expect(stallsOf([...atTheEdge, ...quiet, ...full])).toEqual([]);
  });

  test('is not known to have been stopped when what it asks for then fails', () => {
    const refused = [17_000, 19_000, 23_000].map((at) => segment(5, at, 5, {}, { status: 503 }));
    const polls = quiet.slice(0, 2);
    expect(stallsOf([...atTheEdge, ...polls, ...refused, segment(5, 26_000, 300)])).toEqual([[20_230, 26_300]]);
  });

  test('says that it waits with the poll itself', () => {
    const said = [12, 16].map((second) => poll(second * 1_000));
    const starved = [20_500, 24_000, 28_000].map((at) => poll(at, { state: 'rebuffering' }));
    expect(stallsOf([...atTheEdge, ...said, ...starved, segment(5, 28_030, 200)])).toEqual([[20_500, 28_230]]);
  });

  test('says that it is paused with the poll itself', () => {
    const paused = [10, 14, 18, 22].map((second) => poll(second * 1_000, { state: 'paused' }));
    const { log, server } = watched([...atTheEdge, ...paused, ...news(5, 26_000), ...news(6, 30_000)]);
    expect(log.stalls).toEqual([]);
    expect(server.qoe.pausedMs).toBeGreaterThan(12_000);
  });
});
