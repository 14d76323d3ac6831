import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { openEmbedded } from '../../collector/store/embedded.ts';
import { openStore, type StoreSettings } from '../../collector/store/open-store.ts';
import { ROOT } from '../house/tree.ts';
import { requireClickHouse } from '../support/clickhouse-server.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'playpath-open-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SETTINGS: StoreSettings = {
  kind: 'auto',
  path: join(folder, 'store'),
  memoryBytes: 2 * 2 ** 30,
  url: '',
  user: 'default',
  password: null,
  cluster: '',
  query: { timeoutMs: 1_000 },
};

/** What a second process makes of the same folder. */
async function elsewhere(kind: StoreSettings['kind']): Promise<unknown> {
  const program = `
    import { openStore } from ${JSON.stringify(join(ROOT, 'collector/store/open-store.ts'))};
    const said = [];
    const say = (message, { code }) => said.push(message + ': ' + code);
    const log = { info: say, warn: say, error: say };
    const opened = await openStore(${JSON.stringify({ ...SETTINGS, kind })}, log).catch(({ code }) => code);
    console.log(JSON.stringify({ opened, said }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

test('a folder belongs to one process: another goes on without a store, or does not start when it must have one', async (context) => {
  const missing = requireClickHouse();
  if (missing !== '') context.skip(missing);
  const store = await openEmbedded(SETTINGS.path, SETTINGS.memoryBytes);
  try {
    expect(await elsewhere('auto')).toEqual({
      opened: null,
      said: ['no analytics store: traces and metrics only: store_locked'],
    });
    expect(await elsewhere('embedded')).toEqual({ opened: 'store_locked', said: [] });
  } finally {
    await store.close();
  }
});

test('there is none when none is wanted, and a server is not dialled before it is needed', async () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  expect(await openStore({ ...SETTINGS, kind: 'off' }, log)).toBeNull();
  const server = await openStore({ ...SETTINGS, url: 'http://127.0.0.1:1' }, log);
  expect(server?.kind).toBe('server');
  await expect(server?.exec('SELECT 1')).rejects.toMatchObject({ code: 'store_unavailable' });
  await server?.close();
});
