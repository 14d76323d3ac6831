import { expect, test } from 'vitest';
import { files, importsOf, sources, text } from './tree.ts';

type Manifest = {
  readonly name: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
type Locked = Pick<Manifest, 'license' | 'optionalDependencies'> & {
  readonly resolved?: string;
  readonly dev?: boolean;
};

const manifests = files().filter((path) => /(^|\/)package\.json$/.test(path) && !path.includes('fixtures/'));
const locks = files().filter((path) => /(^|\/)package-lock\.json$/.test(path));

const FREE = new Set([
  'Apache-2.0',
  'MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'Unlicense',
  'CC0-1.0',
  'BlueOak-1.0.0',
  'MIT-0',
  'Zlib',
]);
/** Development tools under other licences, and why that is no problem. */
const EXCEPTIONS: readonly (readonly [name: RegExp, licence: string, reason: string])[] = [
  [/^lightningcss(-|$)/, 'MPL-2.0', 'part of Vite, which runs the tests; not changed, not shipped'],
  [/^(@axe-core\/playwright|axe-core)$/, 'MPL-2.0', 'looks for barriers in the panel; not changed, not shipped'],
  [/^@fontsource-variable\/inter$/, 'OFL-1.1', "Grafana's font, beside the panel's page; not changed, not committed"],
  [/^argparse$/, 'Python-2.0', 'reads the settings of tools'],
  [/^caniuse-lite$/, 'CC-BY-4.0', 'data about browsers that the build reads'],
  [/^spdx-exceptions$/, 'CC-BY-3.0', 'data that the linter reads'],
  [
    /^(body|bytes|continuable-cache|error|safe-json-parse|string-template)$/,
    '',
    'parts of the live reload of create-plugin; MIT by their licence file or the old `licenses` field',
  ],
  [/^(fast-shallow-equal|get-document|react-universal-interface)$/, '', 'parts of @grafana/ui; Grafana ships them'],
];

for (const path of manifests) {
  const manifest = JSON.parse(text(path)) as Manifest;
  test(`${path} pins every version`, () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
  test(`${path} is Apache-2.0`, () => expect(manifest.license).toBe('Apache-2.0'));
}

for (const path of locks) {
  const { packages } = JSON.parse(text(path)) as { readonly packages: Readonly<Record<string, Locked>> };
  const installed = Object.entries(packages).filter(([name]) => name !== '');

  test(`${path} names no registry of its own`, () => {
    const hosts = installed.flatMap(([, { resolved }]) =>
      resolved?.startsWith('https:') ? [new URL(resolved).host] : [],
    );
    expect([...new Set(hosts)].filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
  });

  // A registry that lacks the packages of other platforms makes npm leave them out of the lock, and then `npm ci` fails.
  test(`${path} locks the packages of every platform`, () => {
    const locked = new Set(installed.map(([name]) => packageAt(name)));
    const optional = installed.flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies));
    expect(optional.filter((name) => !locked.has(name))).toEqual([]);
  });

  test(`every package in ${path} has a licence that lets Playpath be Apache-2.0`, () => {
    const offenders = installed.filter(([name, locked]) => !isFree(locked.license ?? '') && !isExcepted(name, locked));
    expect(offenders.map(([name, { license }]) => `${name}: ${license ?? 'no licence'}`)).toEqual([]);
  });
}

/** SPDX expressions: one free side of an OR is enough, both sides of an AND must be. */
function isFree(expression: string): boolean {
  const plain = expression.replace(/[()]/g, '');
  return plain.split(' OR ').some((side) => side.split(' AND ').every((licence) => FREE.has(licence.trim())));
}

function packageAt(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function isExcepted(path: string, { license, dev }: Locked): boolean {
  const name = packageAt(path);
  return dev === true && EXCEPTIONS.some(([pattern, licence]) => pattern.test(name) && (license ?? '') === licence);
}

/** Code that ships; the build of the player hook runs while developing, and its output is committed. */
const shipped = sources('collector').filter((path) => path !== 'collector/player/build.ts');

test('every dependency is used by code that ships', () => {
  const used = new Set(shipped.flatMap(importsOf).map(({ specifier }) => packageName(specifier)));
  const { dependencies = {} } = JSON.parse(text('package.json')) as Manifest;
  expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([]);
});

test('code that ships uses only dependencies', () => {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(text('package.json')) as Manifest;
  const known = new Set(Object.keys({ ...dependencies, ...optionalDependencies }));
  const foreign = shipped.flatMap((path) =>
    importsOf(path)
      .filter(({ specifier }) => !/^(\.|node:)/.test(specifier) && !known.has(packageName(specifier)))
      .map(({ specifier }) => `${path}: ${specifier}`),
  );
  expect(foreign).toEqual([]);
});

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
