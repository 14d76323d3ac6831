import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type CpuTime = { readonly userSeconds: number; readonly systemSeconds: number; readonly wallSeconds: number };

/** Whole process, start to exit, all its threads together on one core where the system can pin it. */
export function measureOnOneCore(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): CpuTime {
  return measure(findProgram('taskset') === '' ? command : ['taskset', '-c', '0', ...command], environment);
}

/** Whole process, start to exit, all its threads together on all cores. */
export function measure(command: readonly string[], environment: Readonly<Record<string, string>> = {}): CpuTime {
  // The shell's own `time` counts the children it waited for; Node cannot.
  const script = 'TIMEFORMAT="cpu-time %U %S %R"; time "$@"';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    env: { ...process.env, LC_ALL: 'C', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 26,
  });
  const errors = stderr.toString();
  const match = /cpu-time ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(errors);
  if (status !== 0 || match === null)
    throw new Error(`${command.join(' ')} ended with ${status}:\n${errors.slice(-2_000)}`);
  const [userSeconds = 0, systemSeconds = 0, wallSeconds = 0] = match.slice(1).map(Number);
  return { userSeconds, systemSeconds, wallSeconds };
}

/** Absolute path of a program, '' when this machine has none. */
export function findProgram(name: string): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? '';
}
