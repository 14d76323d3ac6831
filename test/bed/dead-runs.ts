import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PID_FILES = ['origin.pid', 'edge-a.pid', 'edge-b.pid'];

/** Notes in a run's folder which process owns it, so that a later run can tell whether it is over. */
export function claimRun(runDir: string): void {
  writeFileSync(join(runDir, 'owner.pid'), String(process.pid));
}

/** Ends what a killed test run left behind: its servers, by the pids they recorded, and its folder. */
export function sweepDeadRuns(cacheDir: string): void {
  for (const name of readdirSync(cacheDir).filter((entry) => entry.startsWith('run-'))) {
    const runDir = join(cacheDir, name);
    const owner = pidIn(join(runDir, 'owner.pid'));
    if (owner === 0 || isRunning(owner)) continue;
    for (const file of PID_FILES) {
      const pid = pidIn(join(runDir, file));
      // Pids are reused: only a process that still names this folder is the one that was started for it.
      if (pid !== 0 && commandLine(pid).includes(runDir)) process.kill(pid, 'SIGTERM');
    }
    rmSync(runDir, { recursive: true, force: true });
  }
}

/** 0 when the file does not exist or holds no pid. */
export function pidIn(file: string): number {
  return Number(textOf(file)) || 0;
}

/** False for a process that is gone, and for a zombie. */
export function isRunning(pid: number): boolean {
  return commandLine(pid) !== '';
}

function commandLine(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
