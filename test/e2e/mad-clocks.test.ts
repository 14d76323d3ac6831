import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nginxLine } from '../support/log-lines.ts';
import { OpenCollector } from '../support/open-collector.ts';

/** Clocks that are years off: what they date is kept and counted, and no session lasts for years. */

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

let open: OpenCollector;
beforeAll(async () => {
  open = await OpenCollector.start({
    correlate: { settle: '10s', reorder: '1s', idleClose: '60s', detail: 'full' },
    sources: [{ name: 'edge', format: 'nginx-json', tier: 'edge', cdn: 'edge', lateness: '5s' }],
  });
});
afterAll(() => open.close());

test.each([
  ['before', [8, 9, 0, 1, 2, 3]],
  ['among', [0, 8, 1, 9, 2, 3]],
  ['after', [0, 1, 2, 3, 8, 9]],
])('lines of a server %s good ones are counted as doubtful, and spoil no session', async (_name, order) => {
  const sid = randomUUID();
  const beganMs = open.nowMs;
  const [doubtful, counted] = [await open.suspect('edge'), await open.requests('edge')];
  const timeOf = (index: number): number => {
    if (index < 8) return beganMs + index * 4_000;
    return index === 8 ? beganMs - 10 * YEAR_MS : beganMs + 16 * YEAR_MS;
  };
  const lines = order.map((index) => nginxLine(timeOf(index), { sid, path: `/film/v0/seg_${index}.m4s` }));
  const answer = await open.post('/v1/push/edge', Buffer.from(lines.join('\n')));
  expect(await answer.json()).toEqual({ accepted: 6, rejected: 0 });
  expect((await open.suspect('edge')) - doubtful).toBe(2);
  await open.passes(2 * MINUTE_MS);
  expect((await open.requests('edge')) - counted).toBe(6);
  const { qoe, beginMs, endMs, requests: joined } = await open.session(sid);
  expect(joined).toBe(4);
  expect((beginMs ?? 0) - beganMs).toBeGreaterThan(-1_000);
  expect((endMs ?? 0) - beganMs).toBeLessThan(MINUTE_MS);
  for (const ms of [qoe.playingMs, qoe.stalledMs, qoe.pausedMs]) expect(ms).toBeLessThan(MINUTE_MS);
});

test.each([
  ['behind', -20 * YEAR_MS],
  ['ahead', 20 * YEAR_MS],
])('a player whose clock is years %s is shown in our time', async (_name, offMs) => {
  const session = randomUUID();
  const before = await open.suspect('player');
  const beganMs = open.nowMs;
  const say = async (fields: Record<string, unknown>) => {
    await open.post('/v1/beacon', JSON.stringify({ session, content: 'film', ts: open.nowMs + offMs, ...fields }));
  };
  await say({ event: 'play' });
  open.nowMs += 500;
  await say({ event: 'playback_start', startupMs: 500 });
  open.nowMs += 10_000;
  await say({ event: 'buffering', phase: 'start' });
  open.nowMs += 2_000;
  await say({ event: 'buffering', phase: 'end' });
  open.nowMs += 8_000;
  await say({ event: 'session_end' });
  const endedMs = open.nowMs;
  expect((await open.suspect('player')) - before).toBeGreaterThanOrEqual(5);
  await open.passes(2 * MINUTE_MS);
  const found = await open.session(session);
  expect(found.qoe).toMatchObject({ startupMs: 500, playingMs: 18_000, stalledMs: 2_000, stalls: 1 });
  expect(Math.abs((found.beginMs ?? 0) - beganMs)).toBeLessThan(1_000);
  expect(Math.abs((found.endMs ?? 0) - endedMs)).toBeLessThan(1_000);
});
