import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Folders of .gitignore and of git itself: what is in them is nobody's source. */
const NOT_OURS = new Set(['.git', ...readIgnored()]);

/** Every file of the repository, relative to its root, in order. `under` narrows it to a folder. */
export function files(under = ''): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(ROOT, path);
      if (NOT_OURS.has(name) || NOT_OURS.has(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else found.push(name);
    }
  };
  walk(join(ROOT, under));
  return found.toSorted();
}

export function text(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** TypeScript a person wrote: no fixtures, nothing generated, not the plugin's own tooling. */
export function sources(under = ''): string[] {
  return files(under).filter(
    (path) => /\.tsx?$/.test(path) && !/\.gen\.|(^|\/)fixtures\/|^grafana-plugin\/\.config\//.test(path),
  );
}

export type Import = { readonly specifier: string; readonly isType: boolean };

/** The import and export-from lines of a file, static and dynamic. */
export function importsOf(path: string): Import[] {
  const code = text(path);
  const statements = code.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm);
  const inline = code.matchAll(/\bimport\('([^']+)'\)(\.)?/g);
  return [
    ...[...statements].map(([, type, specifier = '']) => ({ specifier, isType: type !== undefined })),
    // `import('x').Name` is a type, `await import('x')` is not.
    ...[...inline].map(([, specifier = '', member]) => ({ specifier, isType: member !== undefined })),
  ];
}

function readIgnored(): string[] {
  const lines = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n');
  return lines.flatMap((line) => (line.endsWith('/') ? [line.replace(/^\/|\/$/g, '')] : []));
}
