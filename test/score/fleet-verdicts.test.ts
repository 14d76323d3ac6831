import { expect, test } from 'vitest';
import { type FleetVerdict, fleetVerdicts } from '../../collector/api/fleet-verdicts.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { runScenario } from '../support/lab-run.ts';

const TIMEOUT_MS = 120_000;
/** Enough viewers that thirty are at the broken place, and thirty elsewhere. */
const ARRIVALS = { perMinute: 60, atStart: 60, atStartMs: 20_000, dayShape: 0, maxSessions: 0 };

async function verdictsOf(name: string, changes: Partial<Scenario> = {}): Promise<FleetVerdict[]> {
  const scenario: Scenario = { ...(SCENARIOS.get(name) as Scenario), arrivals: ARRIVALS, ...changes };
  const { sessions } = await runScenario(scenario, { seed: 31, minutes: 3, drainMinutes: 2 });
  return fleetVerdicts(sessions);
}

test(
  'errors at one site name that site, not its CDN nor its country',
  async () => {
    const found = await verdictsOf('edge-5xx');
    expect(found).toMatchObject([{ verdict: 'edge_error', dimension: 'pop', shareOfBad: 1 }]);
    expect(found[0]?.value).toMatch(/^FRA/);
    expect(found[0]?.baselineShare).toBe(0);
    expect(found[0]?.sentence).toMatch(/^pop FRA\S*: edge_error in \d+ of \d+ sessions/);
  },
  TIMEOUT_MS,
);

test(
  'caches that hold no more name their CDN',
  async () => {
    const found = await verdictsOf('miss-storm');
    expect(found[0]).toMatchObject({ verdict: 'cache_miss', dimension: 'cdn', value: 'cloudfront' });
  },
  TIMEOUT_MS,
);

test(
  'a playlist that stands still names its title',
  async () => {
    const { catalogue } = SCENARIOS.get('manifest-stale') as Scenario;
    const found = await verdictsOf('manifest-stale', { catalogue: { ...catalogue, liveShare: 0.9 } });
    expect(found[0]).toMatchObject({ verdict: 'manifest_stale', dimension: 'title', value: 'news-1' });
  },
  TIMEOUT_MS,
);

test(
  'lines that carry nothing name the country of their viewers',
  async () => {
    const found = await verdictsOf('congestion', { countries: { DE: 0, GB: 12 } });
    expect(found[0]).toMatchObject({ verdict: 'network', dimension: 'country', value: 'GB' });
  },
  TIMEOUT_MS,
);

test(
  'a healthy evening has none',
  async () => {
    expect(await verdictsOf('healthy')).toEqual([]);
  },
  TIMEOUT_MS,
);

test('thirty sessions are the least that prove anything', async () => {
  const { sessions } = await runScenario(
    { ...(SCENARIOS.get('edge-5xx') as Scenario), arrivals: { ...ARRIVALS, perMinute: 0, atStart: 29 } },
    { seed: 31, minutes: 3, drainMinutes: 2 },
  );
  expect(fleetVerdicts(sessions)).toEqual([]);
});
