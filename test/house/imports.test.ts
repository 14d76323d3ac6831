import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, sources, text } from './tree.ts';

type Rule = {
  /** Folders and files of collector/ it may import, besides its own folder. */
  readonly may: readonly string[];
  /** The same for `import type` only: contracts somebody else implements. */
  readonly mayType?: readonly string[];
  /** Node and npm modules; `any` when I/O is its business. */
  readonly modules: readonly string[] | 'any';
};

const CONTRACTS = ['bus/bus.ts', 'formats/format.ts'];
const EDGE: Rule = {
  may: ['model', 'errors.ts', 'telemetry', 'privacy', 'enrich', 'access'],
  mayType: CONTRACTS,
  modules: 'any',
};
const PURE: Rule = { may: ['model'], modules: ['node:crypto', '@opentelemetry/api'] };

/** Makes the script of the player folder; runs while developing, never in the collector. */
const HOOK_BUILD = 'collector/player/build.ts';

/** ARCHITECTURE.md, "Who may import whom". A folder that is not listed may not exist. */
const RULES: Readonly<Record<string, Rule>> = {
  model: { may: [], modules: ['node:crypto'] },
  correlate: PURE,
  metrics: PURE,
  traces: PURE,
  audience: PURE,
  access: { may: ['model', 'errors.ts'], modules: 'any' },
  receivers: { ...EDGE, may: [...EDGE.may, 'formats'] },
  formats: EDGE,
  privacy: EDGE,
  enrich: EDGE,
  bus: EDGE,
  exporters: EDGE,
  // Rows wait, and are tried again, as spans are.
  store: { ...EDGE, may: [...EDGE.may, 'exporters'] },
  // What the API shows is encoded as the exporters encode it.
  api: { ...EDGE, may: [...EDGE.may, 'exporters', 'store'] },
  telemetry: { may: ['model', 'errors.ts'], modules: 'any' },
  config: { may: ['model', 'errors.ts', 'metrics/labels.ts'], modules: 'any' },
  player: { may: [], modules: [] },
  // Reads what a source writes with everything that replay reads it with.
  doctor: {
    may: [...EDGE.may, 'config', 'config.ts', 'formats', 'receivers', 'replay', 'wiring/source-wiring.ts'],
    modules: 'any',
  },
};

/** Folders of collector/correlate/, and the others of it that each may import. Files beside them put all together. */
const CORRELATE: Readonly<Record<string, readonly string[]>> = {
  join: [],
  rows: ['join'],
  sessions: ['join', 'rows'],
  content: ['join'],
  timeline: [],
  player: ['timeline'],
  server: ['join', 'content', 'timeline'],
  incidents: ['join', 'rows', 'content', 'timeline'],
};

test('folders of correlate import each other in one direction', () => {
  const root = 'collector/correlate/';
  const folderOf = (path: string) => path.slice(root.length).split('/').slice(0, -1).join('/');
  const paths = sources('collector').filter((path) => path.startsWith(root) && folderOf(path) !== '');
  expect([...new Set(paths.map(folderOf))].sort()).toEqual(Object.keys(CORRELATE).sort());
  const broken = paths.flatMap((path) =>
    importsOf(path)
      .map(({ specifier }) => join(dirname(path), specifier))
      .filter((target) => target.startsWith(root))
      .filter((target) => ![folderOf(path), ...(CORRELATE[folderOf(path)] ?? [])].includes(folderOf(target)))
      .map((target) => `${path} imports ${target}`),
  );
  expect(broken).toEqual([]);
});

/** These put the others together, so they may import all of them. */
const WIRES = ['commands', 'wiring', 'log', 'replay'];

for (const [folder, rule] of Object.entries(RULES)) {
  const paths = sources('collector').filter((path) => path.startsWith(`collector/${folder}/`) && path !== HOOK_BUILD);
  test(`${folder} imports only what it may`, () => {
    const broken = paths.flatMap((path) =>
      importsOf(path)
        .filter(({ specifier, isType }) => !mayImport(folder, rule, path, specifier, isType))
        .map(({ specifier, isType }) => `${path} imports ${isType ? 'type ' : ''}${specifier}`),
    );
    expect(broken).toEqual([]);
  });
}

function mayImport(folder: string, rule: Rule, path: string, specifier: string, isType: boolean): boolean {
  if (!specifier.startsWith('.')) {
    // Types of a package cost nothing and do nothing.
    return rule.modules === 'any' || rule.modules.includes(specifier) || (isType && !specifier.startsWith('node:'));
  }
  const target = join(dirname(path), specifier).replace(/^collector\//, '');
  const allowed = [folder, ...rule.may, ...(isType ? (rule.mayType ?? []) : [])];
  return allowed.some((prefix) => target === prefix || target.startsWith(`${prefix}/`));
}

test('what runs in the page takes nothing from the collector but types, and nothing from what builds it', () => {
  const paths = sources('page').filter((path) => !path.startsWith('page/build/'));
  expect(paths.length).toBeGreaterThan(10);
  const broken = paths.flatMap((path) =>
    importsOf(path)
      .filter(({ specifier, isType }) => !isType && !runsInThePage(path, specifier))
      .map(({ specifier }) => `${path} imports ${specifier}`),
  );
  expect(broken).toEqual([]);
});

function runsInThePage(path: string, specifier: string): boolean {
  return specifier.startsWith('.')
    ? /^page\/(?:src|panel|frames)\//.test(join(dirname(path), specifier))
    : !specifier.startsWith('node:');
}

test('every folder of the collector has a rule', () => {
  const folders = new Set(
    sources('collector')
      .map((path) => path.split('/'))
      .filter((parts) => parts.length > 2)
      .map((parts) => parts[1]),
  );
  const unruled = [...folders].filter((folder = '') => !Object.hasOwn(RULES, folder) && !WIRES.includes(folder));
  expect(unruled).toEqual([]);
});

/** Words that make a result depend on when or where it was computed. */
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|performance\.now|Math\.random|process\.|console\.|set(?:Timeout|Interval|Immediate))/;

for (const folder of ['model', 'correlate', 'metrics', 'traces', 'audience']) {
  const paths = sources('collector').filter((path) => path.startsWith(`collector/${folder}/`));
  test(`${folder} knows no clock, no chance, no process`, () => {
    expect(paths.filter((path) => IMPURE.test(withoutComments(text(path))))).toEqual([]);
  });
}

test('only config.ts reads the environment, only main.ts exits', () => {
  const with_ = (pattern: RegExp) => sources('collector').filter((path) => pattern.test(withoutComments(text(path))));
  expect(with_(/\bprocess\.env\b/)).toEqual(['collector/config.ts']);
  expect(with_(/\bprocess\.(exit|abort)\(/).filter((path) => path !== 'collector/main.ts')).toEqual([]);
});

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
