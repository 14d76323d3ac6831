import { expect, test } from 'vitest';
import { systemScheduler } from '../../collector/exporters/scheduler.ts';
import { migrate } from '../../collector/store/migrations.ts';
import { RowExporter } from '../../collector/store/row-exporter.ts';
import { openServer } from '../../collector/store/server.ts';
import { SESSION_COLUMNS } from '../../collector/store/session-columns.ts';
import { until } from '../exporters/manual-scheduler.ts';
import { ClickHouseServer, requireClickHouse } from '../support/clickhouse-server.ts';
import { PLACEMENT } from './placement.ts';
import { rowLine } from './rows.ts';
import { scalar } from './stores.ts';

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const ROWS = 3_000;

test('a server that is killed and comes back has every row, and pushes back while it is away', async (context) => {
  const missing = requireClickHouse();
  if (missing !== '') context.skip(missing);
  const server = await ClickHouseServer.start();
  const store = openServer({ url: server.url, user: 'default', password: '', cluster: '', requestTimeoutMs: 10_000 });
  const exporter = new RowExporter({
    store,
    table: 'playpath.sessions',
    columns: SESSION_COLUMNS.map(([name]) => name),
    batchRows: 100,
    batchAgeMs: 50,
    queueBytes: 900_000,
    retryFirstMs: 50,
    retryMaxMs: 200,
    closeMs: 10_000,
    scheduler: systemScheduler,
    random: Math.random,
    log: SILENT,
  });
  const add = (from: number, to: number): void => {
    for (let row = from; row < to; row++) exporter.add(rowLine({ traceId: row.toString(16).padStart(32, '0') }));
  };
  try {
    await migrate(store, PLACEMENT, 0);
    add(0, ROWS / 3);
    await until(() => exporter.counters.storedRows > 0);
    await server.kill();
    add(ROWS / 3, ROWS);
    await until(() => exporter.counters.retries > 1);
    expect(exporter.isFull).toBe(true);
    await server.resume();
    await exporter.flush();
    expect(exporter.isFull).toBe(false);
    expect(exporter.counters).toMatchObject({ refusedRows: 0, droppedRows: 0, waitingRows: 0 });
    expect(await scalar(store, 'SELECT count() FROM playpath.sessions FINAL')).toBe(ROWS);
  } finally {
    await exporter.close();
    await store.close();
    await server.close();
  }
}, 60_000);
