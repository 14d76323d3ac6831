import { createClient } from '@clickhouse/client';
import { ClickHouseStore } from './clickhouse-store.ts';
import type { Store } from './store.ts';

export type ServerOptions = {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Name of the cluster in the server's configuration; '' for one machine or ClickHouse Cloud. */
  readonly cluster: string;
  /** A request without an answer by then is over. Longer than a query may take. */
  readonly requestTimeoutMs: number;
};

/** Connections to the server: inserts, a few queries, and one to spare. */
const MAX_CONNECTIONS = 8;

/** ClickHouse behind an HTTP interface. Nothing is sent before the first statement. */
export function openServer({ url, user, password, cluster, requestTimeoutMs }: ServerOptions): Store {
  const client = createClient({
    url,
    username: user,
    password,
    application: 'playpath',
    request_timeout: requestTimeoutMs,
    max_open_connections: MAX_CONNECTIONS,
    compression: { request: true, response: true },
    // What goes wrong is thrown; the client's own words would come a second time.
    log: { level: 127 },
  });
  return new ClickHouseStore({ kind: cluster === '' ? 'server' : 'cluster', client });
}
