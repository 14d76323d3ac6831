import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildPlugin, ROOT } from '../../page/build/plugin-build.ts';

// The page's types are Grafana's, which are installed with the plugin.
beforeAll(() => buildPlugin(), 900_000);

test('the page fits the types of Grafana and of the query API', () => {
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const check = () => execFileSync(tsc, ['-p', 'page'], { cwd: ROOT, encoding: 'utf8' });
  expect(check()).toBe('');
});
