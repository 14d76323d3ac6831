import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run sbom`: what the collector and the panel are made of, as CycloneDX in .cache/sbom/, out of the lock files. The
 * same lock gives the same bytes: no time, no random number, no name of the folder it was made in.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, '.cache/sbom');
const SUBJECTS = [
  { name: 'playpath', folder: '.' },
  { name: 'playpath-session-panel', folder: 'grafana-plugin' },
] as const;

export type Bom = {
  readonly metadata: { readonly timestamp?: string; readonly component: { readonly name: string } };
  readonly serialNumber?: string;
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string }[];
};

/** A bill of materials without what changes from one run to the next; its serial number is made of the rest. */
export function reproducible(bom: Bom, name: string): Bom {
  const { timestamp: _when, ...metadata } = bom.metadata;
  const { serialNumber: _random, ...rest } = bom;
  const by =
    <T>(key: (item: T) => string) =>
    (a: T, b: T) =>
      key(a) < key(b) ? -1 : 1;
  const settled = {
    ...rest,
    metadata: { ...metadata, component: { ...metadata.component, name } },
    components: bom.components.toSorted(by((component) => component['bom-ref'])),
    dependencies: bom.dependencies.toSorted(by((dependency) => dependency.ref)),
  };
  const hex = createHash('sha256').update(JSON.stringify(settled)).digest('hex');
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { ...settled, serialNumber: `urn:uuid:${uuid}` };
}

type Lock = { readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly version: string }>> };

/**
 * The bill of one package, of all that ships with it. npm is shown a lock without what does not: told to leave out the
 * development packages itself, it leaves out what they share with the others as well.
 */
export function billOf({ name, folder }: { readonly name: string; readonly folder: string }): Bom {
  const scratch = mkdtempSync(join(tmpdir(), 'playpath-sbom-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) {
      const content: unknown = JSON.parse(readFileSync(join(ROOT, folder, file), 'utf8'));
      writeFileSync(join(scratch, file), JSON.stringify(shipped(content)));
    }
    const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
    const text = execFileSync('npm', ['sbom', ...options], { cwd: scratch, maxBuffer: 1 << 26 }).toString();
    return reproducible(JSON.parse(text) as Bom, name);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** A package.json, or a lock, as if there were no development packages. */
function shipped(content: unknown): unknown {
  const { devDependencies: _mine, ...rest } = content as Record<string, unknown>;
  if (!('packages' in rest)) return rest;
  const kept = Object.entries((content as Lock).packages).filter(([, { dev }]) => dev !== true);
  const packages = kept.map(([path, one]) => {
    const { devDependencies: _theirs, ...entry } = one as Record<string, unknown>;
    return [path, entry];
  });
  return { ...rest, packages: Object.fromEntries(packages) };
}

function main(): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const subject of SUBJECTS) {
    const bill = billOf(subject);
    const file = join(FOLDER, `${subject.name}.cdx.json`);
    writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
    console.log(`${file}: ${bill.components.length} components`);
  }
}

if (import.meta.main) main();
