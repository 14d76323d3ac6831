import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildPlugin, PLUGIN, ROOT } from '../../page/build/plugin-build.ts';
import type { Summary } from './summary-reporter.ts';

// Runs every test there is: the panel's, which live with its own packages, then all others. With arguments only the
// others, so that `npm test -- test/api` stays quick. Leaves the true totals for `.ci/run`.

const TOTALS = join(ROOT, '.cache/test-summary.json');
const PANEL_TOTALS = join(PLUGIN, 'node_modules/.cache/test-summary.json');

/** A run that leaves no totals, or fails without a failed test, is a failure no test can report. */
export function totalOf(runs: readonly { readonly isWell: boolean; readonly summary: Summary | null }[]): Summary {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { isWell, summary } of runs) {
    total.passed += summary?.passed ?? 0;
    total.skipped += summary?.skipped ?? 0;
    total.failed += Math.max(summary?.failed ?? 0, isWell && summary !== null && summary.passed > 0 ? 0 : 1);
  }
  return total;
}

async function vitest(folder: string, totals: string, args: readonly string[]) {
  rmSync(totals, { force: true });
  const program = join(folder, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [program, 'run', ...args], { cwd: folder, stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  const summary = existsSync(totals) ? (JSON.parse(readFileSync(totals, 'utf8')) as Summary) : null;
  return { isWell: code === 0, summary };
}

async function panelTests() {
  try {
    await buildPlugin((line) => console.log(`grafana-plugin: ${line}`));
  } catch (error) {
    console.error(error);
    return { isWell: false, summary: null };
  }
  return vitest(PLUGIN, PANEL_TOTALS, []);
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const panel = args.length === 0 ? [await panelTests()] : [];
  const runs = [...panel, await vitest(ROOT, TOTALS, args)];
  const total = totalOf(runs);
  mkdirSync(dirname(TOTALS), { recursive: true });
  writeFileSync(TOTALS, `${JSON.stringify(total)}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  if (total.failed > 0) process.exitCode = 1;
}
