import { type OtlpJsonRequest, otlpJson } from '../../../collector/exporters/otlp-json.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { SCENARIOS } from '../../lab/scenarios.ts';
import { runScenario } from '../../support/lab-run.ts';

/** The session of a simulated evening that had the most incidents. */
export async function labTrace(): Promise<OtlpJsonRequest> {
  const { sessions, spans } = await runScenario(SCENARIOS.get('demo') as Scenario, {
    seed: 4,
    minutes: 4,
    drainMinutes: 2,
  });
  const [worst] = sessions.toSorted((a, b) => b.incidents.length - a.incidents.length);
  const trace = spans.filter(({ traceId }) => traceId === worst?.traceId);
  return JSON.parse(otlpJson(trace, '0.0.0')) as OtlpJsonRequest;
}
