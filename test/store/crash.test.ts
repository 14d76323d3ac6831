import { expect, test } from 'vitest';
import { runCrashes } from '../durability/crash-run.ts';
import { requireClickHouse } from '../support/clickhouse-server.ts';

test('a collector that is killed while it writes rows has every session once, and whole', async (context) => {
  const missing = requireClickHouse();
  if (missing !== '') context.skip(missing);
  const figures = await runCrashes({
    rounds: 5,
    seed: 4,
    sessions: 60,
    segments: 6,
    atOnce: 12,
    pauseMs: 40,
    lifeMs: [600, 1_500],
    hasRows: true,
    print: () => {},
  });
  console.log(
    `${figures.kills} kills, ${figures.sessions} sessions, ${figures.sessionsInRows} rows; ` +
      `${figures.acknowledgedLines} lines, ${figures.linesInRows} rows`,
  );
  expect(figures.kills).toBeGreaterThan(1);
  const { sessions } = figures;
  expect(sessions).toBeGreaterThan(10);
  expect(figures).toMatchObject({ sessionsInRows: sessions, sessionsEnded: sessions, doubled: [] });
  expect(figures.linesInRows).toBe(figures.acknowledgedLines);
}, 120_000);
