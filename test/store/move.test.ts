import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openEmbedded } from '../../collector/store/embedded.ts';
import { migrate } from '../../collector/store/migrations.ts';
import { openServer } from '../../collector/store/server.ts';
import { BEGIN_MS, makeIncident, makeSummary } from '../exporters/sessions.ts';
import { ROOT } from '../house/tree.ts';
import { ClickHouseServer, requireClickHouse } from '../support/clickhouse-server.ts';
import { LIMITS, PLACEMENT } from './placement.ts';
import { insertRows } from './rows.ts';

const run = promisify(execFile);
// A row that moved was stored anew.
const ALL = 'SELECT * EXCEPT stored_at FROM playpath.sessions FINAL ORDER BY started_at, tenant, trace_id';

test('the documented command moves every session to a server, and may be repeated', async (context) => {
  const missing = requireClickHouse();
  if (missing !== '') context.skip(missing);
  const folder = mkdtempSync(join(tmpdir(), 'playpath-move-'));
  const server = await ClickHouseServer.start();
  const data = join(folder, 'store');
  const embedded = await openEmbedded(data, 4 * 2 ** 30);
  await migrate(embedded, PLACEMENT, BEGIN_MS);
  const qoe = { ...makeSummary().qoe, startupMs: Number.NaN };
  await insertRows(
    embedded,
    Array.from({ length: 30 }, (_, n) => ({
      traceId: n.toString(16).padStart(32, '0'),
      tenant: n % 3 === 0 ? 'a' : 'b',
      beginMs: BEGIN_MS - (n % 4) * 86_400_000 + n,
      title: `Title "${n}"\n`,
      incidents: n % 2 === 0 ? [makeIncident()] : [],
      qoe,
      version: 10 + n,
    })),
  );
  const before = await embedded.query(ALL, {}, LIMITS);
  await embedded.close();
  const config = join(folder, 'playpath.yaml');
  writeFileSync(config, JSON.stringify({ store: { url: server.url } }));
  const main = join(ROOT, 'collector/main.ts');
  const move = () => run(process.execPath, [main, 'move-store', data, '--config', config]);
  const store = openServer({ url: server.url, user: 'default', password: '', cluster: '', requestTimeoutMs: 10_000 });
  try {
    expect((await move()).stdout).toContain('30 sessions are on the server');
    await move();
    const after = await store.query(ALL, {}, LIMITS);
    expect(before.rows).toHaveLength(30);
    expect(after).toEqual(before);
  } finally {
    await store.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
