import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../collector/config.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import { generatedPages, stalePages } from '../../docs/generate.ts';
import { files, ROOT, text } from './tree.ts';

const documents = files().filter((path) => path.endsWith('.md') && !/(^|\/)fixtures\//.test(path));

test('every link between documents leads somewhere', () => {
  const broken = documents.flatMap((path) =>
    linksOf(text(path))
      .filter((link) => !leadsSomewhere(path, link))
      .map((link) => `${path}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('every generated page says what the code says', async () => {
  const pages = await generatedPages();
  expect(pages.map(({ file }) => file)).toEqual(expect.arrayContaining(['config.md', 'errors.md']));
  expect(stalePages(pages).map(({ file }) => file)).toEqual([]);
});

test('the map of ARCHITECTURE.md is the tree', () => {
  const map = /```text\ncollector\/\n([\s\S]*?)```/.exec(text('ARCHITECTURE.md'))?.[1] ?? '';
  const listed = [...map.matchAll(/^ {2}([\w-]+)\/ /gm)].map(([, folder]) => folder);
  const folders = readdirSync(join(ROOT, 'collector')).filter((name) => {
    const path = join('collector', name);
    return statSync(join(ROOT, path)).isDirectory() && files(path).length > 0;
  });
  expect(listed.toSorted()).toEqual(folders.toSorted());
});

test('the rules of ARCHITECTURE.md name every file at the top of collector', () => {
  const map = /```text\ncollector\/\n([\s\S]*?)```/.exec(text('ARCHITECTURE.md'))?.[1] ?? '';
  const top = files('collector').filter((path) => path.split('/').length === 2);
  expect(top.filter((path) => !map.includes(` ${path.split('/')[1]} `))).toEqual([]);
});

test('every configuration that a document shows is accepted', () => {
  const shown = documents.flatMap((path) =>
    [...text(path).matchAll(/```yaml\n(# playpath\.yaml\n[\s\S]*?)```/g)].map(([, yaml = '']) => ({ path, yaml })),
  );
  expect(shown.length).toBeGreaterThan(1);
  for (const { path, yaml } of shown) {
    const environment = Object.fromEntries([...yaml.matchAll(/\benv:(\w+)/g)].map(([, name = '']) => [name, 'x']));
    expect(() => parseConfig(yaml, { formats: FORMATS, environment, origin: path, folder: ROOT })).not.toThrow();
  }
});

/** Links and pictures without those inside code. */
function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, link = '']) => link);
}

function leadsSomewhere(from: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return true;
  const [path = '', anchor = ''] = link.split('#');
  const target = path === '' ? from : normalize(join(dirname(from), decodeURI(path)));
  if (target.startsWith('..') || !existsSync(join(ROOT, target))) return false;
  return anchor === '' || !target.endsWith('.md') || anchorsOf(text(target)).has(anchor);
}

/** As GitHub makes them: lower case, no punctuation, dashes for spaces. */
function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, title = '']) => slug(title)));
}

function slug(title: string): string {
  const words = title
    .replace(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase();
  return words.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
}
