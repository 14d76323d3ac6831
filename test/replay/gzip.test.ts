import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { recordingSources, replayOutput } from '../support/replay-output.ts';

const folder = mkdtempSync(join(tmpdir(), 'playpath-gzip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [edge = ''] = recordingSources('hls-baseline');
const plain = readFileSync(edge.slice(0, edge.indexOf('=')));

async function replayed(name: string, bytes: Buffer) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return replayOutput([`${path}=nginx-json:edge:edge-a`]);
}

test('a gzip of the file, in one member or several, gives what the file gives', async () => {
  const expected = await replayed('edge.json', plain);
  const half = plain.indexOf(10, plain.length / 2) + 1;
  const members = Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))]);
  for (const bytes of [gzipSync(plain), members]) {
    const { spans, sessions } = await replayed('edge.json.gz', bytes);
    expect(spans).toEqual(expected.spans);
    expect(sessions).toEqual(expected.sessions);
  }
});

test('a gzip that ends early gives the lines it holds and says so', async () => {
  const whole = gzipSync(plain);
  const { spans, printed } = await replayed('cut.json.gz', whole.subarray(0, Math.floor(whole.length * 0.7)));
  expect(spans.filter(({ name }) => name === 'edge').length).toBeGreaterThan(5);
  expect(printed.join('\n')).toContain('refused 1 (edge-a: gzip ends early)');
});

test('an empty gzip is an empty log', async () => {
  const { spans, sessions } = await replayed('empty.gz', gzipSync(Buffer.alloc(0)));
  expect([...spans, ...sessions]).toEqual([]);
});
