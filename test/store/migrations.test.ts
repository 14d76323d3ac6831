import { expect, test } from 'vitest';
import { checkMigrated, migrate, migrations } from '../../collector/store/migrations.ts';
import { BEGIN_MS } from '../exporters/sessions.ts';
import { PLACEMENT } from './placement.ts';
import { describeStores } from './stores.ts';

describeStores('migrations', (store) => {
  test('are missed before they are done', async () => {
    await expect(checkMigrated(store(), PLACEMENT)).rejects.toMatchObject({ code: 'store_outdated' });
  });

  test('are done once, by any number of migrators', async () => {
    await Promise.all([migrate(store(), PLACEMENT, BEGIN_MS), migrate(store(), PLACEMENT, BEGIN_MS)]);
    expect(await migrate(store(), PLACEMENT, BEGIN_MS)).toEqual([]);
    await checkMigrated(store(), PLACEMENT);
  });

  test('may be repeated statement by statement after a crash', async () => {
    for (const { statements } of migrations(PLACEMENT)) {
      for (const statement of statements) await store().exec(statement);
    }
  });
});

test('of a cluster make replicated tables on every node, and one over its shards', () => {
  const statements = migrations({ database: 'playpath', cluster: 'main' }).flatMap((migration) => migration.statements);
  const creates = statements.filter((statement) => statement.startsWith('CREATE TABLE'));
  const spread = creates.filter((statement) => statement.includes('ENGINE = Distributed('));
  const local = creates.filter((statement) => !spread.includes(statement));
  expect(spread.length).toBe(local.length);
  for (const statement of statements) expect(statement).toContain("ON CLUSTER 'main'");
  for (const statement of local) expect(statement).toMatch(/_local ON CLUSTER[\s\S]*ENGINE = Replicated/);
  expect(statements.join('\n')).not.toMatch(/\{[A-Z_]+\}/);
});

test('without a cluster name none', () => {
  const text = migrations(PLACEMENT)
    .flatMap(({ statements }) => statements)
    .join('\n');
  expect(text).not.toMatch(/ON CLUSTER|Replicated|_local|Distributed|\{[A-Z_]+\}/);
});
