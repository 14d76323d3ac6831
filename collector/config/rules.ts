import { isRecord } from './environment.ts';

/** A mistake that only shows when two keys are seen together. */
export type Conflict = { readonly path: readonly (string | number)[]; readonly message: string };

/** Works on what was written, not on the checked result, so that these are reported beside all other problems. */
export function conflictsIn(tree: unknown): readonly Conflict[] {
  const root = isRecord(tree) ? tree : {};
  const sources = Array.isArray(root.sources) ? root.sources : [];
  return [
    ...sharedListeners(root),
    ...repeatedNames(sources),
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

function* repeatedNames(sources: readonly unknown[]): Generator<Conflict> {
  const seen = new Map<unknown, number>();
  for (const [index, source] of sources.entries()) {
    if (!isRecord(source) || source.name === undefined) continue;
    const first = seen.get(source.name);
    if (first === undefined) seen.set(source.name, index);
    else yield { path: ['sources', index, 'name'], message: `is taken by sources[${first}]: names are addresses` };
  }
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
