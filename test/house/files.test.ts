import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { files, sources, text } from './tree.ts';

const LONGEST = 300;
/** Names that say nothing about what is inside. */
const EMPTY_NAMES = ['utils', 'util', 'common', 'helpers', 'helper', 'core', 'services', 'managers', 'misc', 'shared'];
/** Tools that ask for a default export. */
const DEFAULT_EXPORTS = new Set(['vitest.config.ts']);

const isPlugin = (path: string) => path.startsWith('grafana-plugin/');
/** Text somebody wrote here; recordings, samples and create-plugin's set-up are left as they were made. */
const written = files().filter(
  (path) =>
    !/^grafana-plugin\/\.config\/|(^|\/)fixtures\/|\.gen\.|(^|\/)package-lock\.json$|\.(png|gz|mmdb|bin|mp4|m4s|woff2?)$/.test(
      path,
    ),
);

test(`no file is longer than ${LONGEST} lines`, () => {
  const long = sources().map((path) => `${path}: ${text(path).split('\n').length - 1}`);
  expect(long.filter((line) => Number(line.split(': ')[1]) > LONGEST)).toEqual([]);
});

test('no name is empty of meaning', () => {
  const parts = (path: string) => path.split('/').map((part) => part.replace(/\..*$/, ''));
  expect(written.filter((path) => !isPlugin(path) && parts(path).some((part) => EMPTY_NAMES.includes(part)))).toEqual(
    [],
  );
});

test('files are named in kebab-case after their main export', () => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.tsx?$/;
  expect(sources().filter((path) => !isPlugin(path) && !kebab.test(basename(path)))).toEqual([]);
});

for (const [what, pattern, isAllowed] of [
  ['turns a checker off', /@ts-(?:ignore|nocheck|expect-error)|biome-ignore|eslint-disable/, () => false],
  ['exports a default', /^export default/m, (path: string) => DEFAULT_EXPORTS.has(path) || isPlugin(path)],
  ['declares an enum or a namespace', /^\s*(?:export )?(?:declare )?(?:const )?(?:enum|namespace) \w/m, () => false],
  ['says any', /(?:: |as |<)any\b/, () => false],
  ['leaves work for later', /\b(?:TODO|FIXME|XXX|HACK)\b/, () => false],
  ['imports without an extension', /from '\.[^']*(?<!\.(?:ts|tsx|js|json|css))'/, isPlugin],
] as const) {
  test(`no file ${what}`, () => {
    const here = 'test/house/files.test.ts';
    expect(sources().filter((path) => path !== here && pattern.test(text(path)) && !isAllowed(path))).toEqual([]);
  });
}

test('no file knows the machine it was written on', () => {
  // Put together from parts, so that this file does not find itself.
  const roots = ['work', 'root', 'tmp', 'home/[a-z]', 'Users/[a-z]'];
  const machine = new RegExp(`(?<![\\w.$}-])/(?:${roots.join('|')})/`, 'i');
  const found = written.flatMap((path) => {
    const lines = text(path).split('\n');
    return lines.flatMap((line, index) => (machine.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
  });
  expect(found).toEqual([]);
});
