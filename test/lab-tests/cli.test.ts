import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runLabCommand } from '../lab/cli.ts';
import type { FleetTruth } from '../lab/fleet-truth.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import type { SessionTruth } from '../lab/session-truth.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-lab-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(out: string, file: string): string {
  return readFileSync(join(folder, out, file), 'utf8');
}

function linesIn(out: string, file: string): readonly string[] {
  return read(out, file).split('\n').slice(0, -1);
}

test('writes a file per source, a capture, and the truth beside them', async () => {
  const printed: string[] = [];
  const out = join(folder, 'one');
  const args = ['--scenario', 'edge-5xx', '--seed', '3', '--minutes', '1.5', '--sessions', '40', '--out', out];
  await runLabCommand(args, (line) => printed.push(line));
  const files = ['cloudfront.tsv', 'fastly.ndjson', 'origin.json', 'player.capture.ndjson'];
  expect(readdirSync(out).toSorted()).toEqual([...files, 'truth.fleet.json', 'truth.sessions.jsonl'].toSorted());
  const fleet = JSON.parse(read('one', 'truth.fleet.json')) as FleetTruth;
  const sessions = linesIn('one', 'truth.sessions.jsonl').map((line) => JSON.parse(line) as SessionTruth);
  expect(fleet.sessionsStarted).toBe(40);
  expect(new Set(sessions.map(({ serial }) => serial)).size).toBe(40);
  expect(linesIn('one', 'cloudfront.tsv').length - 2).toBe(fleet.sources.cloudfront?.delivered);
  expect(
    linesIn('one', 'cloudfront.tsv')
      .slice(0, 2)
      .map((line) => line.slice(0, 9)),
  ).toEqual(['#Version:', '#Fields: ']);
  expect(linesIn('one', 'fastly.ndjson').length).toBe(fleet.sources.fastly?.delivered);
  expect(linesIn('one', 'origin.json').length).toBe(fleet.sources.origin?.delivered);
  const posts = linesIn('one', 'player.capture.ndjson').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(posts.length).toBe(fleet.sources.player?.delivered);
  expect(new Set(posts.map(({ kind }) => kind))).toEqual(new Set(['cmcd', 'playpath']));
  expect(
    posts.every(({ recv, body, ct }) => Number.isInteger(recv) && typeof body === 'string' && ct !== undefined),
  ).toBe(true);
  expect(printed.join('\n')).toContain('cloudfront.tsv=cloudfront-standard:edge:cloudfront');
});

test('the same command writes the same bytes', async () => {
  for (const out of ['same-1', 'same-2']) {
    await runLabCommand(['--scenario', 'hard', '--minutes', '0.3', '--out', join(folder, out)], () => {});
  }
  for (const file of readdirSync(join(folder, 'same-1'))) expect(read('same-2', file)).toBe(read('same-1', file));
  expect(readdirSync(join(folder, 'same-1'))).not.toContain('origin.json');
});

test('names every scenario', async () => {
  const printed: string[] = [];
  await runLabCommand(['--list'], (line) => printed.push(line));
  expect(printed.map((line) => line.split(' ')[0])).toEqual([...SCENARIOS.keys()]);
});

for (const [what, args, message] of [
  ['an unknown scenario', ['--scenario', 'nope', '--out', 'x'], /no scenario "nope"; there are healthy/],
  ['no place to write to', ['--scenario', 'healthy'], /--out DIR or --post URL/],
  ['a count that is none', ['--minutes', 'ten', '--out', 'x'], /--minutes must be a number/],
  ['a time that is none', ['--start', 'soon', '--out', 'x'], /--start must be an ISO 8601 time/],
  ['an unknown option', ['--speeed', '2'], /speeed/],
] as const) {
  test(`refuses ${what} with a sentence`, async () => {
    await expect(runLabCommand(args, () => {})).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(message),
    });
  });
}

test('plays against a collector: posts as their viewers, lines in uploads with their header', async () => {
  const requests: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const printed: string[] = [];
  const args = ['--scenario', 'demo', '--minutes', '0.3', '--speed', '60', '--post', `http://127.0.0.1:${port}/`];
  await runLabCommand(args, (line) => printed.push(line));
  await new Promise((resolve) => server.close(resolve));
  const paths = new Set(requests.map(({ path }) => path));
  expect(paths).toEqual(
    new Set(['/v1/cmcd', '/v1/beacon', '/v1/push/cloudfront', '/v1/push/fastly', '/v1/push/origin']),
  );
  const posts = requests.filter(({ path }) => path === '/v1/cmcd');
  expect(posts.every(({ headers }) => /^\d+\.\d+\.\d+\.\d+$/.test(String(headers['x-forwarded-for'])))).toBe(true);
  expect(posts.every(({ headers }) => headers['content-type'] === 'application/cmcd')).toBe(true);
  const uploads = requests.filter(({ path }) => path === '/v1/push/cloudfront');
  expect(uploads.every(({ body }) => body.startsWith('#Version: 1.0\n#Fields: ') && body.endsWith('\n'))).toBe(true);
  expect(printed.join()).toMatch(/^\d+ posts and \d+ lines in \d+ uploads; 0 refused, 0 did not get through$/);
});
