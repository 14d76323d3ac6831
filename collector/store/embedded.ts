import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { PlaypathError } from '../errors.ts';
import { ClickHouseStore } from './clickhouse-store.ts';
import type { InsertBatch, Store } from './store.ts';
import { storeFailure } from './store-failure.ts';
import { Turns } from './turns.ts';

/** The parts of chdb that are used. Its types are not imported: where it does not exist Playpath is checked as well. */
type Engine = { readonly close: () => void };
type EngineModule = {
  readonly Session: new (path: string, options: { readonly connectionArgs: readonly string[] }) => Engine;
};
type RawInsert = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: Buffer;
  readonly format: 'JSONCompactEachRow';
  readonly settings: Readonly<Record<string, number>>;
};
type EngineConnection = { readonly chdb: { readonly rawInsert: (insert: RawInsert) => Promise<unknown> } };
type ConnectionModule = { readonly createChdbConnection: (options: { readonly path: string }) => EngineConnection };
type ConnectionOption = Exclude<Parameters<typeof createClient>[0], undefined>;

/** https://github.com/chdb-io/chdb-node. Optional: there is none for Windows and musl. */
const PACKAGE = 'chdb';
/**
 * Statements that run at once. Each has a thread of the pool that files are read and written with, which has four: the
 * journal must not wait for a question.
 */
const AT_ONCE = 3;
const INSERT_SETTINGS = { throw_on_max_partitions_per_insert_block: 0 };

/**
 * ClickHouse in this process, with its data in `folder`. Never in a worker thread: it takes the process down when
 * the thread ends.
 * @throws PlaypathError `store_missing` where there is no chdb, `store_locked` when another process has the folder
 */
export async function openEmbedded(folder: string, memoryBytes: number): Promise<Store> {
  const { Session, createChdbConnection } = await loadEngine();
  mkdirSync(folder, { recursive: true });
  let engine: Engine;
  try {
    engine = new Session(folder, { connectionArgs: [`--max_server_memory_usage=${memoryBytes}`] });
  } catch (cause) {
    throw openFailure(folder, cause);
  }
  const connection = createChdbConnection({ path: folder });
  const { rawInsert } = connection.chdb;
  return new ClickHouseStore({
    kind: 'embedded',
    client: createClient({ connection } as unknown as ConnectionOption),
    insert: async ({ table, columns, lines }: InsertBatch) => {
      await rawInsert({ table, columns, values: lines, format: 'JSONCompactEachRow', settings: INSERT_SETTINGS });
    },
    turns: new Turns(AT_ONCE),
    closed: () => engine.close(),
  });
}

async function loadEngine(): Promise<EngineModule & ConnectionModule> {
  try {
    const engine = (await import(PACKAGE)) as EngineModule;
    const connection = (await import(`${PACKAGE}/connection`)) as ConnectionModule;
    return { Session: engine.Session, createChdbConnection: connection.createChdbConnection };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new PlaypathError('store_missing', `The embedded analytics store cannot be loaded: ${reason}`, { cause });
  }
}

/** The engine writes why to stderr and throws only that it failed; with a lock beside the data that is the reason. */
function openFailure(folder: string, cause: unknown): PlaypathError {
  if (existsSync(join(folder, 'status'))) {
    return new PlaypathError('store_locked', `The analytics store in ${folder} is used by another process`, { cause });
  }
  const { message } = storeFailure(cause);
  return new PlaypathError('store_unavailable', `The analytics store in ${folder} cannot be opened: ${message}`, {
    cause,
  });
}
