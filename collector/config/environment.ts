import { didYouMean } from './did-you-mean.ts';
import type { Setting } from './setting.ts';
import type { SectionAt, SettingAt } from './settings-of.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value from the environment and the key it replaces. */
export type Override = {
  readonly variable: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
};

export const PREFIX = 'PLAYPATH_';
/** Names the configuration file itself, so it is no key of it. */
export const FILE_VARIABLE = 'PLAYPATH_CONFIG';

/** `ingest.limits.requestTimeout` → `PLAYPATH_INGEST_LIMITS_REQUEST_TIMEOUT`; a list entry is named by its `name`. */
export function variableOf(path: readonly string[]): string {
  const words = path.map((word) => word.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9<>]+/g, '_'));
  return PREFIX + words.join('_').toUpperCase();
}

/** What the environment overrides in `tree`, and the variables that mean nothing. Unknown ones are mistakes too. */
export function overridesFrom(
  environment: Environment,
  settings: readonly (SettingAt | SectionAt)[],
  tree: unknown,
): { readonly overrides: readonly Override[]; readonly unknown: readonly { variable: string; hint: string }[] } {
  const known = new Map<string, { path: readonly (string | number)[]; setting: Setting }>();
  for (const at of settings) {
    if (!('setting' in at)) continue;
    const list = at.path.indexOf('[]');
    if (list === -1) {
      known.set(variableOf(at.path), { path: at.path, setting: at.setting });
      continue;
    }
    for (const [index, name] of entryNames(tree, at.path.slice(0, list))) {
      const before = at.path.slice(0, list);
      const after = at.path.slice(list + 1);
      known.set(variableOf([...before, name, ...after]), { path: [...before, index, ...after], setting: at.setting });
    }
  }
  const overrides: Override[] = [];
  const unknown: { variable: string; hint: string }[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || variable === FILE_VARIABLE || text === undefined) continue;
    if (isServiceLink(variable, text)) continue;
    const target = known.get(variable);
    if (target === undefined) unknown.push({ variable, hint: didYouMean(variable, known.keys()) });
    else overrides.push({ variable, path: target.path, value: readAs(text, target.setting) });
  }
  return { overrides, unknown };
}

/** Kubernetes describes a service called `playpath` in variables of the same prefix; they are not meant for us. */
function isServiceLink(variable: string, text: string): boolean {
  return (
    /_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\d+_(TCP|UDP|SCTP)(_.*)?)$/.test(variable) ||
    /^(tcp|udp|sctp):\/\//.test(text)
  );
}

function entryNames(tree: unknown, path: readonly string[]): [index: number, name: string][] {
  let node = tree;
  for (const key of path) node = isRecord(node) ? node[key] : undefined;
  if (!Array.isArray(node)) return [];
  return node.flatMap((entry: unknown, index): [number, string][] =>
    isRecord(entry) && typeof entry.name === 'string' ? [[index, entry.name]] : [],
  );
}

/** What does not read as its kind stays text, so that the schema says what is wrong with it. */
function readAs(text: string, setting: Setting): unknown {
  switch (setting.kind) {
    case 'integer':
    case 'ratio':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return text === '' ? [] : text.split(',').map((part) => part.trim());
    case 'map':
      return Object.fromEntries(
        text.split(',').map((pair): [string, string] => {
          const [name = '', ...value] = pair.split('=');
          return [name.trim(), value.join('=').trim()];
        }),
      );
    case 'duration':
    case 'size':
    case 'text':
    case 'choice':
    case 'secret':
      return text;
    default:
      return setting.kind satisfies never;
  }
}

/** Puts the values into a copy of the tree; sections that are missing on the way are made. */
export function withOverrides(tree: unknown, overrides: readonly Override[]): unknown {
  let result = tree;
  for (const { path, value } of overrides) result = put(result, path, value);
  return result;
}

function put(node: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(node))
    return node.map((entry: unknown, index) => (index === key ? put(entry, rest, value) : entry));
  const record = isRecord(node) ? node : {};
  return { ...record, [key]: put(record[key], rest, value) };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
