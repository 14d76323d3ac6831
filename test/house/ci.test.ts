import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from './tree.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-ci-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, '.cache'));
  cpSync(join(ROOT, '.ci'), join(folder, '.ci'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs `.ci/run` with an npm that does what the script says for each command. */
function ci(npm: string): { readonly status: number | null; readonly lines: readonly string[] } {
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\ncase "$*" in\n${npm}\nesac\n`, { mode: 0o755 });
  const path = [join(folder, 'bin'), process.env.PATH].join(delimiter);
  const { status, stdout } = spawnSync('bash', ['.ci/run'], { cwd: folder, env: { ...process.env, PATH: path } });
  return { status, lines: stdout.toString().trimEnd().split('\n') };
}

const summary = (passed: number, failed: number) =>
  `test) echo '{"passed":${passed},"failed":${failed},"skipped":1}' > .cache/test-summary.json; exit ${failed > 0 ? 1 : 0};;`;

for (const [name, npm, status, last] of [
  ['all is well', summary(120, 0), 0, '129 passed, 0 failed'],
  ['tests fail', summary(118, 2), 1, '127 passed, 2 failed'],
  ['the linter objects', `run\\ lint) exit 1;;\n${summary(120, 0)}`, 1, '128 passed, 1 failed'],
  ['types and documents are wrong', `run\\ types|run\\ docs*) exit 2;;\n${summary(120, 0)}`, 1, '127 passed, 2 failed'],
  ['the test run breaks off', 'test) exit 137;;', 1, '9 passed, 1 failed'],
  [
    'the test run fails although no test did',
    `${summary(120, 0).replace('exit 0', 'exit 1')}`,
    1,
    '129 passed, 1 failed',
  ],
  ['nothing was tested', summary(0, 0), 1, '9 passed, 1 failed'],
  ['the panel cannot be built', `run\\ panel) exit 1;;\n${summary(120, 0)}`, 1, '126 passed, 1 failed'],
  ['the packages cannot be installed', 'ci*) exit 1;;', 1, '0 passed, 1 failed'],
] as const) {
  test(`when ${name}, .ci/run ends with "${last}"`, () => {
    const result = ci(npm);
    expect([result.status, result.lines.at(-1)]).toEqual([status, last]);
  });
}

test('a summary of an earlier run is not taken for this one', () => {
  writeFileSync(join(folder, '.cache/test-summary.json'), '{"passed":99,"failed":0,"skipped":0}');
  expect(ci('test) exit 1;;').lines.at(-1)).toBe('9 passed, 1 failed');
});

test('the pictures of a run are listed before its totals, and none of an earlier run', () => {
  mkdirSync(join(folder, '.cache/screenshots/13'), { recursive: true });
  writeFileSync(join(folder, '.cache/screenshots/13/old.png'), '');
  const { lines } = ci(
    summary(120, 0).replace('exit 0', 'mkdir -p .cache/screenshots/13; : > .cache/screenshots/13/dark.png'),
  );
  expect(lines).toContain('  13/dark.png');
  expect(lines).not.toContain('  13/old.png');
  expect(lines.at(-1)).toBe('129 passed, 0 failed');
});

test('.ci/run is a valid script', () => {
  expect(() => execFileSync('bash', ['-n', join(ROOT, '.ci/run')])).not.toThrow();
});
