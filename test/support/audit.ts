import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * `npm run audit`: fails when a package that ships has a known hole of severity high or critical. Only a registry that
 * keeps advisories can tell; without one nothing is known, which is said and is no failure.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['.', 'grafana-plugin'];
const GRAVE = new Set(['high', 'critical']);

export type Judgement = { readonly outcome: 'clean' | 'holes' | 'unknown'; readonly lines: readonly string[] };

type Report = {
  readonly message?: string;
  readonly auditReportVersion?: number;
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
};

/** What the output of `npm audit --json` means. */
export function judge(output: string): Judgement {
  let report: Report;
  try {
    report = JSON.parse(output) as Report;
  } catch {
    return { outcome: 'unknown', lines: ['npm audit said nothing that can be read'] };
  }
  if (report.auditReportVersion === undefined) {
    return { outcome: 'unknown', lines: [report.message ?? 'npm audit gave no report'] };
  }
  const found = Object.entries(report.vulnerabilities ?? {});
  const lines = found.map(([name, { severity, range }]) => `${severity}: ${name} ${range}`);
  return { outcome: found.some(([, { severity }]) => GRAVE.has(severity)) ? 'holes' : 'clean', lines };
}

function main(): void {
  for (const folder of PACKAGES) {
    const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev', '--prefix', folder], { cwd: ROOT });
    const { outcome, lines } = judge(stdout.toString());
    const words = { clean: 'no grave hole is known', holes: 'known holes', unknown: 'NOT CHECKED' }[outcome];
    console.log([`${folder}: ${words}`, ...lines.map((line) => `  ${line}`)].join('\n'));
    if (outcome === 'holes') process.exitCode = 1;
  }
}

if (import.meta.main) main();
