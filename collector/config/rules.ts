import { isRecord } from './environment.ts';
import { exposedListeners } from './exposure.ts';
import { storeConflicts } from './store-rules.ts';

/** A mistake that only shows when two keys are seen together. */
export type Conflict = { readonly path: readonly (string | number)[]; readonly message: string };

/** Works on what was written, not on the checked result, so that these are reported beside all other problems. */
export function conflictsIn(tree: unknown): readonly Conflict[] {
  const root = isRecord(tree) ? tree : {};
  const sources = listIn(root, 'sources');
  const access = isRecord(root.access) ? root.access : {};
  return [
    ...sharedListeners(root),
    ...exposedListeners(root),
    ...halfTls(root),
    ...uncheckedCertificates(root, sources),
    ...repeatedNames(sources, ['sources']),
    ...repeatedNames(listIn(access, 'tokens'), ['access', 'tokens']),
    ...repeatedNames(listIn(access, 'players'), ['access', 'players']),
    ...repeatedNames(listIn(access, 'players'), ['access', 'players'], 'key'),
    ...sharedNames(
      listIn(access, 'players'),
      ['access', 'players'],
      [
        ['sources', sources],
        ['access.tokens', listIn(access, 'tokens')],
      ],
    ),
    ...sharedNames(listIn(access, 'tokens'), ['access', 'tokens'], [['sources', sources]]),
    ...storeConflicts(root.store),
    ...repeatedNames(listIn(isRecord(root.store) ? root.store : {}, 'tenants'), ['store', 'tenants']),
    ...sources.flatMap((source: unknown, index) =>
      isRecord(source)
        ? sourceConflicts(source).map(({ path, message }) => ({ path: ['sources', index, ...path], message }))
        : [],
    ),
  ];
}

function* sharedListeners(root: Readonly<Record<string, unknown>>): Generator<Conflict> {
  const seen = new Map<unknown, string>();
  for (const [name, fallback] of [
    ['ingest', 4318],
    ['metrics', 9464],
    ['api', 8080],
  ] as const) {
    const listener = root[name];
    const port = isRecord(listener) ? (listener.port ?? fallback) : fallback;
    const other = seen.get(port);
    if (other !== undefined && port !== 0) {
      yield { path: [name, 'port'], message: `is ${String(port)}, which ${other} listens on already` };
    }
    seen.set(port, name);
  }
}

function* halfTls(root: Readonly<Record<string, unknown>>): Generator<Conflict> {
  for (const listener of ['ingest', 'metrics', 'api']) {
    const tls = tlsOf(root, listener);
    for (const [key, other] of [
      ['cert', 'key'],
      ['key', 'cert'],
      ['clientCa', 'cert'],
    ] as const) {
      if (tls[key] && !tls[other]) yield { path: [listener, 'tls', key], message: `needs ${other} beside it` };
    }
  }
}

function* uncheckedCertificates(
  root: Readonly<Record<string, unknown>>,
  sources: readonly unknown[],
): Generator<Conflict> {
  for (const [index, source] of sources.entries()) {
    if (!isRecord(source) || !isRecord(source.auth) || source.auth.kind !== 'certificate') continue;
    if (!tlsOf(root, 'ingest').clientCa) {
      yield {
        path: ['sources', index, 'auth', 'kind'],
        message: 'needs ingest.tls.clientCa, which checks certificates',
      };
    }
  }
}

function tlsOf(root: Readonly<Record<string, unknown>>, listener: string): Readonly<Record<string, unknown>> {
  const settings = root[listener];
  return isRecord(settings) && isRecord(settings.tls) ? settings.tls : {};
}

function* repeatedNames(entries: readonly unknown[], list: readonly string[], key = 'name'): Generator<Conflict> {
  const seen = new Map<unknown, number>();
  for (const [index, entry] of entries.entries()) {
    if (!isRecord(entry) || entry[key] === undefined) continue;
    const first = seen.get(entry[key]);
    if (first === undefined) seen.set(entry[key], index);
    else
      yield {
        path: [...list, index, key],
        message: `is taken by ${list.join('.')}[${first}]: ${key === 'name' ? 'names are addresses' : 'a key stands for one of them'}`,
      };
  }
}

/** Whoever posts counts under his name, next to the sources. */
function* sharedNames(
  entries: readonly unknown[],
  list: readonly string[],
  others: readonly (readonly [list: string, entries: readonly unknown[]])[],
): Generator<Conflict> {
  for (const [index, entry] of entries.entries()) {
    if (!isRecord(entry) || entry.name === undefined) continue;
    const path = [...list, index, 'name'];
    if (entry.name === 'player') yield { path, message: 'is the name of players without a key' };
    for (const [other, taken] of others) {
      const at = taken.findIndex((one) => isRecord(one) && one.name === entry.name);
      if (at >= 0) yield { path, message: `is taken by ${other}[${at}]: both would count under it` };
    }
  }
}

function listIn(node: Readonly<Record<string, unknown>>, key: string): readonly unknown[] {
  return Array.isArray(node[key]) ? node[key] : [];
}

function sourceConflicts(source: Readonly<Record<string, unknown>>): Conflict[] {
  const conflicts: Conflict[] = [];
  const refuse = (key: string, message: string) => {
    if (source[key] !== undefined) conflicts.push({ path: [key], message });
  };
  const tier = source.tier;
  if (tier === 'origin' || tier === 'player') refuse('cdn', `belongs to edge and shield, this source is ${tier}`);
  if (tier === 'edge' || tier === 'shield' || tier === 'player')
    refuse('origin', `belongs to origin, this source is ${tier}`);
  if (source.auth !== undefined) refuse('secret', 'is short for auth: write one of them');
  if (source.path !== undefined) {
    for (const key of ['secret', 'auth']) refuse(key, 'is for pushed sources, this one reads files');
  }
  return conflicts;
}
