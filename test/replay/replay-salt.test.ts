import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaySalt } from '../../collector/replay/replay-salt.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-salt-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

test('the salt of a replay is that of its input, whatever its order, its name and its packing', async () => {
  const [a, b] = [file('a.log', '203.0.113.9 one\n'), file('b.log', '203.0.113.9 two\n')];
  expect(await replaySalt([a, b])).toBe(await replaySalt([b, a]));
  expect(await replaySalt([file('c.log', '203.0.113.9 one\n')])).toBe(await replaySalt([a]));
  expect(await replaySalt([file('d.gz', gzipSync('203.0.113.9 one\n'))])).toBe(await replaySalt([a]));
});

test('another input has another salt', async () => {
  const salts = await Promise.all([file('a', ''), file('b', 'b'), file('c', 'c\n')].map((path) => replaySalt([path])));
  expect(new Set(salts).size).toBe(3);
});
