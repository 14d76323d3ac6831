import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Lock = {
  readonly packages?: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
};

/** Whether the packages that the lock of `folder` names are installed, at those versions. */
export function isInstalled(folder: string): boolean {
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const present = new Map(packagesOf(installed).map(([path, { version }]) => [path, version]));
  // Optional packages of other platforms are in the lock and nowhere else.
  return wanted.every(([path, { version, optional }]) => {
    const found = present.get(path);
    return found === version || (found === undefined && optional === true);
  });
}

/** `npm ci` in `folder` unless that has been done. Says so when it does. */
export async function installPackages(folder: string, tell: (line: string) => void): Promise<void> {
  if (isInstalled(folder)) return;
  tell('installing packages (a minute or two, once)');
  await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
}

/** Runs a program to its end; throws with its last words when it fails. */
export async function run(command: string, args: readonly string[], folder: string): Promise<void> {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  const listen = (chunk: Buffer): void => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      said.push(line);
      if (said.length > 40) said.shift();
    }
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said.join('\n')}`);
}

function packagesOf(path: string): [string, { readonly version?: string; readonly optional?: boolean }][] {
  const { packages = {} } = JSON.parse(readFileSync(path, 'utf8')) as Lock;
  return Object.entries(packages).filter(([name]) => name !== '');
}
