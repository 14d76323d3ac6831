import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nginxLine } from '../support/log-lines.ts';
import { OpenCollector } from '../support/open-collector.ts';

/** What broken senders and strangers post to a running collector: each gets its answer and its counter. */

const MEBIBYTE = 1 << 20;

let open: OpenCollector;
beforeAll(async () => {
  open = await OpenCollector.start({
    correlate: { settle: '10s', reorder: '1s', idleClose: '60s', detail: 'full' },
    sources: [
      { name: 'edge', format: 'nginx-json', tier: 'edge', cdn: 'edge', lateness: '5s' },
      { name: 'locked', format: 'nginx-json', tier: 'edge', cdn: 'locked', secret: 'open-sesame' },
    ],
  });
});
afterAll(() => open.close());

describe('whole deliveries', () => {
  const gzip = { 'content-encoding': 'gzip' };
  const json = { 'content-type': 'application/json' };
  const protobuf = { 'content-type': 'application/x-protobuf' };
  const secret = (text: string) => ({ authorization: `Bearer ${text}` });
  const text = (length: number): Buffer => Buffer.from(`${'no log line at all '.repeat(length)}\n`);

  test.each<
    [name: string, path: string, headers: Record<string, string>, body: Buffer, status: number, counted: string]
  >([
    ['an OTLP request that is no protobuf', '/v1/traces', protobuf, text(9), 400, 'player bad_body'],
    ['OTLP logs that are no JSON', '/v1/logs', json, text(9), 400, 'player bad_body'],
    ['OTLP of no known type', '/v1/traces', { 'content-type': 'text/html' }, text(1), 415, 'player unsupported_type'],
    // Some proxies inflate a body and forget the header: it is read as it is.
    ['a push that says gzip and is none', '/v1/push/edge', gzip, text(9), 200, 'edge not_json'],
    [
      'a push that breaks off in its gzip',
      '/v1/push/edge',
      gzip,
      gzipSync(text(99)).subarray(0, 40),
      400,
      'edge bad_body',
    ],
    [
      'a push in an encoding nobody knows',
      '/v1/push/edge',
      { 'content-encoding': 'lzma' },
      text(1),
      415,
      'edge unsupported_encoding',
    ],
    ['a push to a source nobody configured', '/v1/push/nobody', {}, text(1), 404, 'unknown unknown_source'],
    [
      'a push to a source named by an attacker',
      `/v1/push/${'%2e%2e%2f'.repeat(30)}`,
      {},
      text(1),
      404,
      'unknown unknown_source',
    ],
    ['a push without the secret', '/v1/push/locked', {}, text(1), 401, 'locked unauthorized'],
    ['a push with a wrong secret', '/v1/push/locked', secret('open-barley'), text(1), 401, 'locked unauthorized'],
    ['a player whose beacon is no JSON', '/v1/beacon', {}, text(1), 204, 'player not_json'],
    [
      'a player whose beacon names no session',
      '/v1/beacon',
      json,
      Buffer.from('{"event":"play","ts":1}'),
      204,
      'player missing_session',
    ],
    ['a player whose CMCD is none', '/v1/cmcd', {}, text(1), 204, 'player unknown_event'],
    ['a player whose gzip breaks off', '/v1/cmcd', gzip, gzipSync(text(99)).subarray(0, 40), 204, 'player bad_body'],
  ])('%s', async (_name, path, headers, body, status, counted) => {
    const before = await open.refused(counted);
    const answer = await open.post(path, body, headers);
    expect(answer.status).toBe(status);
    expect((await open.refused(counted)) - before).toBe(1);
  });

  test('the right secret opens what the wrong one does not', async () => {
    const answer = await open.post('/v1/push/locked', Buffer.from(nginxLine(open.nowMs)), secret('open-sesame'));
    expect([answer.status, await answer.json()]).toEqual([200, { accepted: 1, rejected: 0 }]);
  });

  test('an answer to a stranger tells no secret and no path of this machine', async () => {
    const answer = await open.post('/v1/push/locked', text(1), secret('open-barley'));
    const said = await answer.text();
    expect(JSON.parse(said)).toMatchObject({ code: 'unauthorized' });
    expect(said).not.toMatch(/sesame|barley|\/(?:root|home|work|tmp)\b/);
  });
});

describe('bombs', () => {
  /** 16 MiB of nothing in 16 KiB, again and again: gzip members may follow each other. */
  const member = gzipSync(Buffer.alloc(16 * MEBIBYTE));
  const bomb = Buffer.concat(Array.from({ length: Math.ceil((50 * MEBIBYTE) / member.length) }, () => member));
  const small = gzipSync(Buffer.alloc(50 * MEBIBYTE, 'x'));
  const gzip = { 'content-encoding': 'gzip' };

  test.each([
    ['50 MiB that would inflate to 50 GiB', '/v1/push/edge', bomb, 413, 'edge too_large'],
    ['the same from a player, who must not try again', '/v1/cmcd', bomb, 204, 'player too_large'],
    ['the same as OTLP', '/v1/traces', bomb, 413, 'player too_large'],
    ['50 MiB of one letter in 50 KiB', '/v1/push/edge', small, 413, 'edge too_large'],
    ['the same from a player', '/v1/beacon', small, 204, 'player too_large'],
  ])('%s', async (_name, path, body, status, counted) => {
    const before = await open.refused(counted);
    const heldMiB = process.memoryUsage().rss / MEBIBYTE;
    let mostMiB = 0;
    const watch = setInterval(() => {
      mostMiB = Math.max(mostMiB, process.memoryUsage().rss / MEBIBYTE - heldMiB);
    }, 5);
    const answering = open.post(path, body, { ...gzip, 'content-type': 'application/x-protobuf' });
    // Others are served meanwhile.
    expect((await open.get('/healthz')).status).toBe(200);
    expect((await answering).status).toBe(status);
    clearInterval(watch);
    // The limits are 64 MiB sent and 128 MiB inflated; sender and receiver are this process, and copies may be on their way.
    expect(mostMiB).toBeLessThan(1_024);
    expect((await open.refused(counted)) - before).toBe(1);
  });
});
