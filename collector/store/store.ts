/** One column of an answer, with ClickHouse's name of its type. */
export type StoreColumn = { readonly name: string; readonly type: string };

/** An answer in rows. Times are Unix seconds, dates are texts, what is absent is null. */
export type StoreAnswer = {
  readonly columns: readonly StoreColumn[];
  readonly rows: readonly (readonly unknown[])[];
};

/** What one query may use. Beyond it the store ends the query with an error that names the limit. */
export type QueryLimits = {
  readonly timeoutMs: number;
  readonly rows: number;
  readonly memoryBytes: number;
};

/** Values bound to `{name:Type}` of the statement; never pasted into it. */
export type StoreParameters = Readonly<Record<string, string | number | readonly string[]>>;

/** Rows to insert: lines of JSON arrays in the order of `columns`. */
export type InsertBatch = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly lines: Buffer;
};

/**
 * The analytics store: ClickHouse in this process or on a server, which speak the same SQL. Everything rejects with a
 * `PlaypathError` `store_unavailable`, `store_limit` or `store_refused`; an insert that resolved is stored, one that
 * rejected may be.
 */
export interface Store {
  /** `embedded`: in this process. `server`: one machine or ClickHouse Cloud. `cluster`: shards behind one server. */
  readonly kind: 'embedded' | 'server' | 'cluster';
  exec(statement: string, parameters?: StoreParameters): Promise<void>;
  insert(batch: InsertBatch): Promise<void>;
  query(statement: string, parameters: StoreParameters, limits: QueryLimits): Promise<StoreAnswer>;
  /** Ends what runs; may be called twice. */
  close(): Promise<void>;
}
