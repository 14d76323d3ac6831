import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PageBuilder } from '../../collector/api/page-builder.ts';
import { PANEL_POLICY } from '../../collector/api/page-files.ts';
import { ApiUnderTest } from './api-under-test.ts';

/** The plain page until the other is built, and what is served then. */

let folder = '';
let pages: PageBuilder | null = null;
let api: ApiUnderTest | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-page-'));
});
afterEach(async () => {
  pages?.close();
  await api?.server.close();
  rmSync(folder, { recursive: true });
});

/** An API whose page is built by `program`, a script in `folder`. */
async function apiWith(program: string): Promise<ApiUnderTest> {
  const script = join(folder, 'build.mjs');
  if (program !== '') writeFileSync(script, program);
  const log = { info: () => {}, warn: () => {} };
  pages = new PageBuilder({ script, folder: join(folder, 'page'), now: () => 0, log: { ...log, error: () => {} } });
  api = await new ApiUnderTest({ page: pages, nowMs: () => 7_000 }).start();
  return api;
}

/** Builds a page of three files after a line was printed, and waits for a file that lets it end. */
const PATIENT = `
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
writeFileSync(new URL('pid', import.meta.url), String(process.pid));
console.log('installing packages');
while (!existsSync(new URL('go', import.meta.url))) await new Promise((later) => setTimeout(later, 20));
mkdirSync(new URL('page/assets', import.meta.url), { recursive: true });
writeFileSync(new URL('page/index.html', import.meta.url), '<title>panel</title>');
writeFileSync(new URL('page/assets/a.js', import.meta.url), 'run()');
writeFileSync(new URL('page/secret.env', import.meta.url), 'no');
`;

test('says what it is doing while it builds, then serves what was built', async () => {
  const { get } = bound(await apiWith(PATIENT));
  const first = (await get('/')).text;
  expect(first).toContain('being built');
  expect(first).toContain('<meta http-equiv="refresh" content="10">');
  const step = await until(async () => /being built: (installing packages), for 7 s/.exec((await get('/')).text)?.[1]);
  expect(step).toBe('installing packages');
  expect((await get('/page/index.html')).status).toBe(404);

  writeFileSync(join(folder, 'go'), '');
  const built = await until(async () => {
    const answer = await get('/');
    return answer.text === '<title>panel</title>' ? answer : undefined;
  });
  expect(built.headers['content-security-policy']).toBe(PANEL_POLICY);
  const script = await get('/page/assets/a.js');
  expect([script.status, script.text]).toEqual([200, 'run()']);
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(script.headers['cache-control']).toContain('immutable');
  const plain = (await get('/?plain')).text;
  expect(plain).toContain('No session yet.');
  expect(plain).not.toContain('http-equiv');
});

test('serves nothing but the files it found, whatever the path', async () => {
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page/index.html'), 'index');
  writeFileSync(join(folder, 'page/secret.env'), 'no');
  const { get } = bound(await apiWith('console.log("done")'));
  await until(async () => ((await get('/')).text === 'index' ? true : undefined));
  for (const path of [
    'secret.env',
    '../build.mjs',
    '%2e%2e/build.mjs',
    '..%2fbuild.mjs',
    '/etc/hostname.js',
    '',
    '.',
  ]) {
    expect((await get(`/page/${path}`)).status, path).toBe(404);
  }
});

test.each([
  ['the build fails', 'console.error("no registry <here>"); process.exit(1)', 'no registry &lt;here&gt;'],
  ['there is nothing to build', '', 'not part of this installation'],
  ['the build made nothing', 'console.log("done")', 'ENOENT'],
])('stays plain and says why when %s', async (_name, program, reason) => {
  const { get } = bound(await apiWith(program));
  const text = await until(async () => {
    const page = (await get('/')).text;
    return page.includes('could not be built') ? page : undefined;
  });
  expect(text).toContain(reason);
  expect(text).toContain('No session yet.');
  expect(text).not.toContain('http-equiv');
});

test('closing ends what is being built', async () => {
  const { get } = bound(await apiWith(PATIENT));
  await until(async () => ((await get('/')).text.includes('installing packages') ? true : undefined));
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  pages?.close();
  pages?.close();
  expect(await until(async () => (isAlive(pid) ? undefined : 'gone'))).toBe('gone');
});

function bound(under: ApiUnderTest): Pick<ApiUnderTest, 'get'> {
  return { get: (path, options) => under.get(path, options) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Asks a process of its own until it has an answer; the test's own limit ends it. */
async function until<Wanted>(ask: () => Promise<Wanted | undefined>): Promise<Wanted> {
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    await pause(20);
  }
}
