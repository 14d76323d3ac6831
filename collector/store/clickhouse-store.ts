import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import type { InsertBatch, QueryLimits, Store, StoreAnswer, StoreParameters } from './store.ts';
import { storeFailure } from './store-failure.ts';
import type { Turns } from './turns.ts';

export type ClickHouseOptions = {
  readonly kind: Store['kind'];
  readonly client: ClickHouseClient;
  /** Takes bytes without turning them into text first; the client's own way when left out. */
  readonly insert?: (batch: InsertBatch) => Promise<void>;
  /** Statements at once; others wait. Any number when left out. */
  readonly turns?: Turns;
  /** Called once after the client is closed. */
  readonly closed?: () => void;
};

/** A query of the session table reads each row once, and partitions are apart: the day a session began never changes. */
const READ_SETTINGS = [
  'prefer_column_name_to_alias = 0',
  'do_not_merge_across_partitions_select_final = 1',
  "date_time_output_format = 'unix_timestamp'",
  'output_format_json_quote_64bit_integers = 0',
  'output_format_json_quote_denormals = 0',
];

/**
 * ClickHouse through its own client, over HTTP or in this process. Settings stand in the statements: given to the
 * client they would stay with the session of an embedded engine, and meet the next statement.
 */
export class ClickHouseStore implements Store {
  readonly kind: Store['kind'];
  readonly #options: ClickHouseOptions;
  #closing: Promise<void> | null = null;

  constructor(options: ClickHouseOptions) {
    this.kind = options.kind;
    this.#options = options;
  }

  exec(statement: string, parameters: StoreParameters = {}): Promise<void> {
    return this.#try(async () => {
      await this.#options.client.command({ query: statement, query_params: parameters });
    });
  }

  insert(batch: InsertBatch): Promise<void> {
    return this.#try(() => this.#options.insert?.(batch) ?? this.#insert(batch));
  }

  query(statement: string, parameters: StoreParameters, limits: QueryLimits): Promise<StoreAnswer> {
    return this.#try(async () => {
      const settings = [...READ_SETTINGS, ...limitSettings(limits)].join(', ');
      const result = await this.#options.client.query({
        query: `${statement}\nSETTINGS ${settings}`,
        query_params: parameters,
        format: 'JSONCompact',
      });
      const { meta, data } = await result.json<unknown[]>();
      return { columns: meta ?? [], rows: data };
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#options.client.close().then(() => this.#options.closed?.());
    return this.#closing;
  }

  async #insert(batch: InsertBatch): Promise<void> {
    const { stream } = await this.#options.client.exec({
      query: insertStatement(batch),
      values: Readable.from([batch.lines]),
    });
    // The answer is over when its stream is.
    for await (const _ of stream);
  }

  async #try<T>(run: () => Promise<T>): Promise<T> {
    const { turns } = this.#options;
    try {
      return await (turns ? turns.run(run) : run());
    } catch (error) {
      throw storeFailure(error);
    }
  }
}

/** Old sessions may come in one batch with new ones, from any number of days. */
export function insertStatement({ table, columns }: Pick<InsertBatch, 'table' | 'columns'>): string {
  const names = columns.map((name) => `\`${name}\``).join(', ');
  return `INSERT INTO ${table} (${names}) SETTINGS throw_on_max_partitions_per_insert_block = 0 FORMAT JSONCompactEachRow`;
}

function limitSettings({ timeoutMs, rows, memoryBytes }: QueryLimits): readonly string[] {
  return [`max_execution_time = ${timeoutMs / 1000}`, `max_result_rows = ${rows}`, `max_memory_usage = ${memoryBytes}`];
}
