import { readdirSync, readFileSync } from 'node:fs';
import { PlaypathError } from '../errors.ts';
import type { QueryLimits, Store } from './store.ts';

/** Where the tables are. */
export type Placement = {
  readonly database: string;
  /** '' where there is none. */
  readonly cluster: string;
};

export type Migration = { readonly number: number; readonly name: string; readonly statements: readonly string[] };

const FOLDER = new URL('./migrations/', import.meta.url);
const CLUSTER_ONLY = /^-- cluster only$/m;
const LIMITS: QueryLimits = { timeoutMs: 30_000, rows: 10_000, memoryBytes: 1 << 30 };

/**
 * Brings the tables up to date. Every statement may be run again, so a run that was cut short is simply repeated, and
 * two at once end in the same tables.
 */
export async function migrate(store: Store, placement: Placement, nowMs: number): Promise<readonly string[]> {
  const { database } = placement;
  await store.exec(`CREATE DATABASE IF NOT EXISTS ${database} ${onCluster(placement)}`);
  await store.exec(bookkeeping(placement));
  const done = await appliedMigrations(store, placement);
  const open = migrations(placement).filter(({ number }) => !done.has(number));
  for (const { number, name, statements } of open) {
    for (const statement of statements) await store.exec(statement);
    await store.insert({
      table: `${database}.schema_migrations`,
      columns: ['number', 'name', 'applied_at'],
      lines: Buffer.from(`${JSON.stringify([number, name, Math.floor(nowMs / 1000)])}\n`),
    });
  }
  return open.map(({ name }) => name);
}

/**
 * For collectors that leave the tables to `playpath migrate`.
 * @throws PlaypathError `store_outdated` when something is missing
 */
export async function checkMigrated(store: Store, placement: Placement): Promise<void> {
  const done = await appliedMigrations(store, placement).catch((error: unknown) => {
    if (error instanceof PlaypathError && /\b(?:60|81): /.test(error.message)) return new Set<number>();
    throw error;
  });
  const missing = migrations(placement).filter(({ number }) => !done.has(number));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new PlaypathError('store_outdated', `The analytics store in ${placement.database} lacks ${names}`);
}

/** Every migration for this placement, in order. */
export function migrations(placement: Placement): readonly Migration[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'));
  return files.toSorted().map((file) => ({
    number: Number.parseInt(file, 10),
    name: file.replace(/\.sql$/, ''),
    statements: statementsOf(readFileSync(new URL(file, FOLDER), 'utf8'), placement),
  }));
}

/** Statements end with a semicolon at the end of a line. */
function statementsOf(text: string, placement: Placement): readonly string[] {
  return text
    .split(/;\s*$/m)
    .filter((statement) => placement.cluster !== '' || !CLUSTER_ONLY.test(statement))
    .map((statement) => rendered(statement.replaceAll(/^--.*\n/gm, '').trim(), placement))
    .filter((statement) => statement !== '');
}

function rendered(statement: string, placement: Placement): string {
  const { database, cluster } = placement;
  const words: Readonly<Record<string, string>> = {
    DATABASE: database,
    CLUSTER: cluster,
    ON_CLUSTER: onCluster(placement),
    REPLICATED: cluster === '' ? '' : 'Replicated',
    LOCAL: cluster === '' ? '' : '_local',
  };
  return statement.replaceAll(/\{([A-Z_]+)\}/g, (whole, word: string) => words[word] ?? whole);
}

function bookkeeping(placement: Placement): string {
  const replicated = placement.cluster === '' ? '' : 'Replicated';
  return `CREATE TABLE IF NOT EXISTS ${placement.database}.schema_migrations ${onCluster(placement)}
    (number UInt32, name String, applied_at DateTime('UTC'))
    ENGINE = ${replicated}ReplacingMergeTree(applied_at) ORDER BY number`;
}

function onCluster({ cluster }: Placement): string {
  return cluster === '' ? '' : `ON CLUSTER '${cluster}'`;
}

async function appliedMigrations(store: Store, { database }: Placement): Promise<ReadonlySet<number>> {
  const { rows } = await store.query(`SELECT DISTINCT number FROM ${database}.schema_migrations`, {}, LIMITS);
  return new Set(rows.map(([number]) => Number(number)));
}
