import type { LabDelivery } from '../lab/delivery.ts';
import type { FleetTruth } from '../lab/fleet-truth.ts';
import { runLab } from '../lab/lab.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import type { SessionTruth } from '../lab/session-truth.ts';

export const START_MS = Date.UTC(2026, 10, 21, 20, 0, 0);

/** A whole run in memory. */
export type Collected = {
  readonly deliveries: readonly LabDelivery[];
  readonly sessions: readonly SessionTruth[];
  readonly fleet: FleetTruth;
};

export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

export function collect(scenario: Scenario, seed: number, minutes: number, drainMinutes = 0): Collected {
  const deliveries: LabDelivery[] = [];
  const sessions: SessionTruth[] = [];
  const fleet = runLab(scenario, {
    seed,
    startMs: START_MS,
    durationMs: minutes * 60_000,
    drainMs: drainMinutes * 60_000,
    sink: { delivery: (delivery) => deliveries.push(delivery), session: (truth) => sessions.push(truth) },
  });
  return { deliveries, sessions, fleet };
}

/** Bodies of one source, without the header lines of its file. */
export function linesOf({ deliveries }: Collected, source: string): readonly string[] {
  return deliveries.filter((one) => one.source === source && !one.body.startsWith('#')).map(({ body }) => body);
}
