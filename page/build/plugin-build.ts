import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locked } from './build-lock.ts';
import { installPackages, run } from './package-install.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** What is built from sources, and locks of those who build; not committed. */
export const CACHE = join(ROOT, '.cache');
export const PLUGIN = join(ROOT, 'grafana-plugin');
export const PLUGIN_DIST = join(PLUGIN, 'dist');

/** What decides how `dist` looks. */
const SOURCES = ['src', '.config', 'package-lock.json', 'tsconfig.json', 'CHANGELOG.md', 'LICENSE', 'README.md'];

/**
 * Installs the plugin's packages and builds `grafana-plugin/dist`, unless it is already built from the sources as
 * they are. Many processes may ask at once; one builds, the others wait for it.
 */
export async function buildPlugin(tell: (line: string) => void = () => {}): Promise<void> {
  await locked(join(CACHE, 'plugin-build.lock'), async () => {
    await installPackages(PLUGIN, tell);
    await once(
      'plugin',
      SOURCES.map((name) => join(PLUGIN, name)),
      join(PLUGIN_DIST, 'module.js'),
      async () => {
        tell('building the panel');
        await run('npm', ['run', 'build'], PLUGIN);
      },
    );
  });
}

/** Does `make` unless `product` was made by it from these very sources. */
export async function once(
  name: string,
  sources: readonly string[],
  product: string,
  make: () => Promise<void>,
): Promise<void> {
  const mark = join(CACHE, `${name}.built`);
  const state = stateOf(sources);
  if (existsSync(product) && existsSync(mark) && readFileSync(mark, 'utf8') === state) return;
  await make();
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(mark, state);
}

/** A hash of names and contents. */
function stateOf(sources: readonly string[]): string {
  const hash = createHash('sha256');
  const read = (path: string): void => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).toSorted()) if (name !== 'node_modules') read(join(path, name));
    } else {
      hash.update(`${path}\n`).update(readFileSync(path));
    }
  };
  for (const source of sources) read(source);
  return hash.digest('hex');
}

if (import.meta.main) await buildPlugin((line) => console.log(line));
