import { beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../collector/store/migrations.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { ask, storeScenario } from './lab-store.ts';
import { PLACEMENT } from './placement.ts';
import { describeEmbedded } from './stores.ts';

/** What logs alone tell, beside the truth (semantics.md section 6). */

const DAY = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const TIMEOUT_MS = 180_000;
const RUN = { seed: 5, minutes: 3, drainMinutes: 30 };
const HEALTHY: Scenario = {
  ...(SCENARIOS.get('healthy') as Scenario),
  arrivals: { perMinute: 40, atStart: 20, atStartMs: 20_000, dayShape: 0, maxSessions: 0 },
};

describeEmbedded('from log lines alone', (store) => {
  beforeAll(() => migrate(store(), PLACEMENT, 0));
  beforeEach(() => store().exec('TRUNCATE TABLE playpath.sessions'));

  test.each([
    { name: 'session ids in the lines', hasCmcd: true, shared: 0.06 },
    { name: 'no ids, every viewer with an address', hasCmcd: false, shared: 0 },
    { name: 'no ids, a fifth of the viewers behind shared addresses', hasCmcd: false, shared: 0.2 },
  ])(
    '$name: sessions within 2 %, viewing time within 5 %',
    async ({ name, hasCmcd, shared }) => {
      const { truths } = await storeScenario(
        store(),
        {
          ...HEALTHY,
          lastMile: { ...HEALTHY.lastMile, sharedAddressShare: shared },
          telemetry: { ...HEALTHY.telemetry, isPosted: false, hasCmcd },
        },
        RUN,
      );
      const rows = await ask(store(), 'sessions', { ...DAY, limit: '10000' });
      const playedSeconds = truths.reduce((sum, { playingMs }) => sum + playingMs / 1_000, 0);
      const seconds = rows.reduce((sum, row) => sum + Number(row.playing_seconds), 0);
      const bias = seconds / playedSeconds - 1;
      const perSession = (seconds - playedSeconds) / rows.length;
      console.log(
        `${name}: ${rows.length} of ${truths.length} sessions, viewing time ${(100 * bias).toFixed(1)} %, ${perSession.toFixed(1)} s a session`,
      );
      expect(Math.abs(rows.length - truths.length)).toBeLessThanOrEqual(0.02 * truths.length);
      expect(Math.abs(bias)).toBeLessThan(0.05);
    },
    TIMEOUT_MS,
  );

  test(
    'the share of viewers whose player tells nothing is known within a point',
    async () => {
      const { truths } = await storeScenario(store(), HEALTHY, RUN);
      const silent = truths.filter(({ postsDelivered }) => postsDelivered === 0).length / truths.length;
      const [row] = await ask(store(), 'totals', DAY);
      console.log(`blind: ${Number(row?.blind_ratio).toFixed(4)}, in truth ${silent.toFixed(4)}`);
      expect(Math.abs(Number(row?.blind_ratio) - silent)).toBeLessThan(0.01);
    },
    TIMEOUT_MS,
  );
});
