import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that some tests run for real, the commands they may be called by, and the Debian packages that bring them. */
const SYSTEM_TOOLS = {
  nginx: { commands: ['nginx'], packages: ['nginx-light'] },
  ffmpeg: { commands: ['ffmpeg'], packages: ['ffmpeg'] },
  // Chromium without any font aborts while it lays out its first page.
  chromium: {
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: ['chromium', 'fonts-dejavu-core'],
  },
  prometheus: { commands: ['prometheus'], packages: ['prometheus'] },
  promtool: { commands: ['promtool'], packages: ['prometheus'] },
  alertmanager: { commands: ['prometheus-alertmanager', 'alertmanager'], packages: ['prometheus-alertmanager'] },
  python3: { commands: ['python3'], packages: ['python3'] },
  amtool: { commands: ['amtool'], packages: ['prometheus-alertmanager'] },
} as const;

export type SystemTool = keyof typeof SYSTEM_TOOLS;

/** Debian keeps daemons in sbin, which is not in an ordinary user's PATH. */
const SEARCH_PATH = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].filter(Boolean);

/** Absolute path of a tool's program, or '' when this machine has none. */
export function systemCommand(tool: SystemTool): string {
  for (const command of SYSTEM_TOOLS[tool].commands) {
    for (const folder of SEARCH_PATH) {
      const path = join(folder, command);
      if (isExecutable(path)) return path;
    }
  }
  return '';
}

/**
 * '' when every named tool can run here; otherwise the reason a test must give for being skipped, which is also
 * printed. `describeWith` gives it for a suite, `context.skip(reason)` for a test.
 */
export function requireSystem(...tools: readonly SystemTool[]): string {
  const missing = tools.filter((tool) => systemCommand(tool) === '');
  if (missing.length === 0) return '';
  const reason = `SKIPPED, NOT TESTED: ${missing.join(', ')} not found on this machine; ${remedy(missing)}`;
  shout(reason);
  return reason;
}

/** Installs what is missing where that is possible (root on Debian); otherwise says loudly what will be skipped. */
export function installSystemPackages(): void {
  const missing = (Object.keys(SYSTEM_TOOLS) as SystemTool[]).filter((tool) => systemCommand(tool) === '');
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    shout(`tests that run ${missing.join(', ')} will be SKIPPED: ${remedy(missing)}`);
    return;
  }
  const packages = packagesOf(missing);
  console.log(`installing system packages for the tests: ${packages.join(' ')}`);
  try {
    withoutStartingServices(() => {
      apt(['update']);
      apt(['install', '-y', '--no-install-recommends', ...packages]);
    });
  } catch (error) {
    shout(`apt-get failed, tests that run ${missing.join(', ')} will be SKIPPED: ${(error as Error).message}`);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function packagesOf(tools: readonly SystemTool[]): string[] {
  return [...new Set(tools.flatMap((tool) => SYSTEM_TOOLS[tool].packages as readonly string[]))];
}

function remedy(tools: readonly SystemTool[]): string {
  return `install ${packagesOf(tools).join(' ')} (\`npm test\` does it when run as root on Debian)`;
}

function apt(args: readonly string[]): void {
  console.log(`apt-get ${args.join(' ')}`);
  execFileSync('apt-get', ['-qq', ...args], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** Debian starts nginx and prometheus on installation, on every interface; this policy forbids it while we install. */
function withoutStartingServices(install: () => void): void {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) {
    install();
    return;
  }
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policy, { force: true });
  }
}

function shout(message: string): void {
  const line = '!'.repeat(100);
  console.error(`${line}\n!! ${message}\n${line}`);
}

if (import.meta.main) installSystemPackages();
