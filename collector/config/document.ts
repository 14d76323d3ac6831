import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { isRecord } from './environment.ts';
import type { Problem } from './problem.ts';

/** A parsed YAML file that still knows where everything stood. */
export type ConfigDocument = {
  /** Plain values; keys without a value are left out. */
  readonly tree: unknown;
  /** What YAML itself objects to. */
  readonly problems: readonly Problem[];
  /** Where the value at `path` begins, or the deepest part of the path that exists; the key itself when `atKey`. */
  readonly locate: (
    path: readonly PropertyKey[],
    atKey?: boolean,
  ) => { readonly line: number; readonly column: number };
};

export function readDocument(text: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // A tag nobody knows is only a warning to YAML; the person who wrote it expects it to mean something.
  const problems: Problem[] = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    path: '',
    message,
    ...place(pos[0]),
  }));
  const locate = (path: readonly PropertyKey[], atKey = false) => {
    let node: unknown = document.contents;
    let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    for (const [depth, key] of path.entries()) {
      const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
      if (pair !== undefined && isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      const isLast = depth === path.length - 1;
      node = pair !== undefined ? pair.value : child(node, key);
      if (!isNode(node) || (isLast && atKey)) break;
      // A section is found by its key; a value, or an entry of a list, by itself.
      if (isScalar(node) || pair === undefined) offset = node.range?.[0] ?? offset;
    }
    return place(offset);
  };
  try {
    return { tree: withoutNulls(document.toJS({ maxAliasCount: 100 })), problems, locate };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { tree: undefined, problems: [...problems, { path: '', message, line: 1, column: 1 }], locate };
  }
}

function child(node: unknown, key: PropertyKey): Node | undefined {
  if (typeof node !== 'object' || node === null || !('get' in node) || typeof node.get !== 'function') return undefined;
  const inner: unknown = node.get(key, true);
  return isNode(inner) ? inner : undefined;
}

/** `ingest:` with nothing after it means "as it is by default", not "null". */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value === null ? undefined : value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}
