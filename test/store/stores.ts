import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openEmbedded } from '../../collector/store/embedded.ts';
import { openServer } from '../../collector/store/server.ts';
import type { Store } from '../../collector/store/store.ts';
import { ClickHouseServer, requireClickHouse } from '../support/clickhouse-server.ts';
import { LIMITS } from './placement.ts';

/** Runs a suite in this process and over HTTP against a real server. `store` may be called inside tests. */
export function describeStores(name: string, body: (store: () => Store) => void): void {
  const missing = requireClickHouse();
  if (missing !== '') {
    describe(name, () => test('with a real ClickHouse', (context) => context.skip(missing)));
    return;
  }
  describe(`${name}, embedded`, () => withStore(body, openTemporary));
  describe(`${name}, server`, () =>
    withStore(body, async () => {
      const server = await ClickHouseServer.start();
      const store = openServer({
        url: server.url,
        user: 'default',
        password: '',
        cluster: '',
        requestTimeoutMs: 30_000,
      });
      return { store, remove: () => server.close() };
    }));
}

/** Only in this process, where the engine makes no difference. */
export function describeEmbedded(name: string, body: (store: () => Store) => void): void {
  const missing = requireClickHouse();
  if (missing === '') describe(name, () => withStore(body, openTemporary));
  else describe(name, () => test('with a real ClickHouse', (context) => context.skip(missing)));
}

type Opened = { readonly store: Store; readonly remove: () => Promise<void> };

function withStore(body: (store: () => Store) => void, open: () => Promise<Opened>): void {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened.store.close();
    await opened.remove();
  });
  body(() => opened.store);
}

async function openTemporary(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-store-'));
  const store = await openEmbedded(folder, 4 * 2 ** 30);
  return { store, remove: async () => rmSync(folder, { recursive: true, force: true }) };
}

/** The first column of the first row. */
export async function scalar(store: Store, statement: string): Promise<unknown> {
  return (await store.query(statement, {}, LIMITS)).rows[0]?.[0];
}
