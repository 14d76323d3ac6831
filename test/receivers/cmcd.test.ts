import { describe, expect, test } from 'vitest';
import { recordedPosts } from './recordings.ts';
import { serversOfThisFile } from './server.ts';
import { NOW } from './support.ts';

const start = serversOfThisFile();

const report = (sid: string): string => `e=t,sid="${sid}",ts=${NOW},v=2`;

for (const type of ['application/cmcd', 'text/cmcd', 'text/plain', 'text/plain;charset=UTF-8', '']) {
  test(`reports come as ${type || 'nothing in particular'}, one a line`, async () => {
    const { post, bus } = await start();
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
    const body = new TextEncoder().encode(`${report('a')}\n${report('b')}\r\n${report('c')}\n`);
    const answer = await post('/v1/cmcd', body, headers);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(bus.playerEvents.map((event) => event.sid)).toEqual(['a', 'b', 'c']);
    expect(bus.playerEvents[0]).toMatchObject({ tsMs: NOW, receivedMs: NOW });
  });
}

test('the client is that of the connection, on events and on requests', async () => {
  const { post, bus } = await start();
  await post('/v1/cmcd', `${report('a')}\ne=rr,rc=200,sid="a",ts=${NOW},url="https://e.example/a.m4s"`, {
    'user-agent': 'Firefox/140',
  });
  expect(bus.events.map((event) => event.client?.deviceKey)).toEqual([
    'Firefox/140@127.0.0.1',
    'Firefox/140@127.0.0.1',
  ]);
});

describe('a player is always answered 204', () => {
  for (const [name, body, refused] of [
    ['one bad report among good ones', `${report('a')}\ne=t,ts=5\n${report('b')}`, { 'player missing_session': 1 }],
    ['rubbish', 'rub\x00bish', { 'player unknown_event': 1 }],
    ['nothing', '', {}],
    ['a report of 100 kB', `${report('a')}\n${'x'.repeat(100_000)}\n${report('b')}`, { 'player too_long': 1 }],
  ] as const) {
    test(name, async () => {
      const { post, bus, refused: counted } = await start();
      expect((await post('/v1/cmcd', body)).status).toBe(204);
      expect(counted()).toEqual(refused);
      expect(bus.events.length).toBe(body.includes('"a"') ? 2 : 0);
    });
  }

  test('a body over the limit', async () => {
    const { post, refused } = await start();
    expect((await post('/v1/cmcd', new Uint8Array((4 << 20) + 1))).status).toBe(204);
    expect(refused()).toEqual({ 'player too_large': 1 });
  });

  test('a full bus: the player comes again with all of it', async () => {
    const { post, bus, refused } = await start();
    bus.limit = 1;
    const answer = await post('/v1/cmcd', `${report('a')}\n${report('b')}\n${report('c')}`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect([bus.events.length, refused()]).toEqual([1, {}]);
  });

  test('no memory for another body', async () => {
    const { post, refused } = await start([], { budgetBytes: 1000 });
    expect((await post('/v1/cmcd', report('a').repeat(100))).status).toBe(204);
    expect(refused()).toEqual({ 'player dropped_full': 1 });
  });

  test('a bus that cannot make safe what it took', async () => {
    const { post, bus, refused, defects } = await start();
    bus.flush = () => Promise.resolve('full');
    expect((await post('/v1/cmcd', report('a'))).status).toBe(503);
    expect([refused(), defects]).toEqual([{}, []]);
  });
});

for (const run of ['hls-baseline', 'rid-dash', 'hls-failover2']) {
  test(`every recorded post of ${run} is taken whole`, async () => {
    const { post, bus, refused } = await start();
    const posts = recordedPosts(run).filter(({ kind }) => kind === 'cmcd');
    for (const { body, ct } of posts) {
      expect((await post('/v1/cmcd', body, { 'content-type': ct ?? '' })).status).toBe(204);
    }
    const reports = posts.flatMap(({ body }) => body.split('\n')).filter((line) => line !== '');
    // Starvation and start delay ride on a report and become events of their own.
    const riders = bus.playerEvents.filter(({ name }) => name === 'starved' || name === 'startup');
    expect([bus.events.length - riders.length, refused()]).toEqual([reports.length, {}]);
  });
}
