import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BUILT_HOOK, buildHook } from '../../collector/player/build.ts';

const built = readFileSync(BUILT_HOOK, 'utf8');

test('the committed hook is what its sources build; otherwise run `node collector/player/build.ts`', async () => {
  expect(built).toBe(await buildHook());
});

test('the hook stays under 6 kB gzipped', () => {
  expect(gzipSync(built).length).toBeLessThan(6000);
});

test('the hook keeps nothing in the browser', () => {
  expect(built).not.toMatch(/localStorage|sessionStorage|indexedDB|\.cookie|caches\b/);
});

test('the hook type-checks against the browser', () => {
  const project = fileURLToPath(new URL('../../collector/player/tsconfig.json', import.meta.url));
  const compiler = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
  expect(execFileSync(compiler, ['-p', project], { encoding: 'utf8' })).toBe('');
}, 60_000);
