import { describe, expect, test } from 'vitest';
import type { LineSource } from '../../collector/receivers/sources.ts';
import { serversOfThisFile } from './server.ts';
import { lineSource, NOW, TestFieldsDecoder } from './support.ts';

const startServer = serversOfThisFile();
const start = (...sources: LineSource[]) => startServer(sources);

const line = (path: string): string => JSON.stringify({ t: NOW, path });

const edge = lineSource('edge-a');
const tsv = lineSource('tsv', { createDecoder: () => new TestFieldsDecoder() });

describe('headers of a log', () => {
  test('#Fields may change in the middle of an upload', async () => {
    const { post, bus, refused } = await start(tsv);
    const body = `#Version: 1.0\n#Fields: time path\n${NOW}\t/1\n#Fields: path time\n/2\t${NOW}\n/3\t${NOW}\n`;
    expect((await post('/v1/push/tsv', body)).status).toBe(200);
    expect([bus.paths, refused()]).toEqual([['/1', '/2', '/3'], {}]);
  });

  test('and hold for their own upload only', async () => {
    const { post, bus, refused } = await start(tsv);
    await post('/v1/push/tsv', `#Fields: time path\n${NOW}\t/1\n`);
    await post('/v1/push/tsv', `${NOW}\t/2\n`);
    expect([bus.paths, refused()]).toEqual([['/1'], { 'tsv no_fields_header': 1 }]);
  });
});

describe('bad input has its documented answer, and good lines are kept', () => {
  test('one bad line among good ones', async () => {
    const { post, bus, refused } = await start(edge);
    const answer = await post('/v1/push/edge-a', `${line('/1')}\nrubbish\n${line('/3')}\n{"path":"/4"}\n${line('/5')}`);
    expect([answer.status, await answer.json()]).toEqual([200, { accepted: 3, rejected: 2 }]);
    expect([bus.paths, refused()]).toEqual([['/1', '/3', '/5'], { 'edge-a missing_time': 1, 'edge-a not_json': 1 }]);
  });

  test('an unreadable body of text is all bad lines, not a bad request', async () => {
    const { post, refused } = await start(edge);
    const answer = await post('/v1/push/edge-a', new Uint8Array([0xff, 0xfe, 0x00, 0x0a, 0x80, 0x81]));
    expect([answer.status, await answer.json(), refused()]).toEqual([
      200,
      { accepted: 0, rejected: 2 },
      { 'edge-a not_json': 2 },
    ]);
  });

  test('a line over 64 KiB', async () => {
    const { post, bus, refused } = await start(edge);
    await post('/v1/push/edge-a', `${line('/1')}\n${'x'.repeat(70_000)}\n${line('/3')}`);
    expect([bus.paths, refused()]).toEqual([['/1', '/3'], { 'edge-a too_long': 1 }]);
  });

  for (const [name, path] of [
    ['a name nobody configured', '/v1/push/nobody'],
    ['no name', '/v1/push/'],
    ['a path behind the name', '/v1/push/edge-a/more'],
    ['a broken escape', '/v1/push/%E0%A4'],
    ['a name of objects', '/v1/push/__proto__'],
  ] as const) {
    test(`unknown source: ${name}`, async () => {
      const { post, refused } = await start(edge);
      const answer = await post(path, line('/1'));
      expect([answer.status, await answer.json()]).toEqual([
        404,
        { code: 'unknown_source', message: expect.any(String) },
      ]);
      expect(refused()).toEqual({ 'unknown unknown_source': 1 });
    });
  }

  for (const [name, auth, headers] of [
    ['no secret', { kind: 'bearer', token: 'right' }, {}],
    ['a wrong token', { kind: 'bearer', token: 'right' }, { authorization: 'Bearer wrong' }],
    ['the token without its scheme', { kind: 'bearer', token: 'right' }, { authorization: 'right' }],
    ['a longer token', { kind: 'bearer', token: 'right' }, { authorization: 'Bearer rightt' }],
    ['no secret configured by mistake', { kind: 'bearer', token: '' }, { authorization: 'Bearer ' }],
    ['broken basic authentication', { kind: 'basic', user: 'u', password: 'p' }, { authorization: 'Basic %%%' }],
  ] as const) {
    test(`wrong secret: ${name}`, async () => {
      const { post, bus, refused } = await start(lineSource('edge-a', { auth }));
      const answer = await post('/v1/push/edge-a', line('/1'), headers);
      expect([answer.status, await answer.json()]).toEqual([
        401,
        { code: 'unauthorized', message: expect.stringContaining('edge-a') },
      ]);
      expect([bus.events, refused()]).toEqual([[], { 'edge-a unauthorized': 1 }]);
    });
  }

  test('clocks that are years off are kept and counted', async () => {
    const { post, bus, ingest } = await start(edge);
    const at = (t: number): string => JSON.stringify({ t, path: '/x' });
    const day = 24 * 3_600_000;
    const times = [NOW, NOW + day, NOW + day + 1, NOW - 30 * day, NOW - 30 * day - 1, 86_400_000, 4e12];
    await post('/v1/push/edge-a', times.map(at).join('\n'));
    expect(bus.events.length).toBe(7);
    expect(ingest.counts.get('edge-a')).toMatchObject({ stored: 7, clockSuspect: 4 });
  });

  test('a full bus is 503 with Retry-After, and nothing is answered before it is stored', async () => {
    const { post, bus } = await start(edge);
    bus.limit = 1;
    const answer = await post('/v1/push/edge-a', `${line('/1')}\n${line('/2')}`);
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      503,
      '5',
      { code: 'busy', message: expect.stringContaining('edge-a') },
    ]);
    expect(bus.flushes).toBe(1);
  });
});
