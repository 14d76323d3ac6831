import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, pidIn } from './dead-runs.ts';

const OWNER = 'owner.pid';
const SIGNING_MS = 5000;

/**
 * Waits until no other process measures real playback on this machine, and returns what gives the turn back. Test files
 * run side by side, but several browsers decoding video at once would make each other stall.
 */
export async function takeTurn(cacheDir: string): Promise<() => void> {
  mkdirSync(cacheDir, { recursive: true });
  const folder = join(cacheDir, 'turn');
  while (!canMake(folder)) {
    if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  writeFileSync(join(folder, OWNER), String(process.pid));
  const giveBack = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', giveBack);
  return () => {
    process.off('exit', giveBack);
    giveBack();
  };
}

/** Making a folder is the one thing that succeeds for exactly one of many. */
function canMake(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The owner was killed; or before it could sign, which takes no time. */
function isAbandoned(folder: string): boolean {
  const pid = pidIn(join(folder, OWNER));
  if (pid !== 0) return !isRunning(pid);
  try {
    return Date.now() - statSync(folder).mtimeMs > SIGNING_MS;
  } catch {
    return false;
  }
}
