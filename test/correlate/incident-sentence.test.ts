import { expect, test } from 'vitest';
import type { Decision } from '../../collector/correlate/incidents/incident-draft.ts';
import { sentenceFor } from '../../collector/correlate/incidents/incident-sentence.ts';
import { incident, stall } from './wire.ts';

const decision: Decision = {
  verdict: 'edge_error',
  confidence: 0.97,
  evidence: [],
  cause: 'edge-a answered 503 to 3 segments',
};
const move = { from: 'edge-a', to: 'edge-b', reason: '5xx', bitrateBeforeKbps: 2_820, bitrateAfterKbps: 290 } as const;

for (const [name, draft, sentence] of [
  ['a stall says how long', stall(0, 3_040), 'stalled for 3.0 s: edge-a answered 503 to 3 segments.'],
  [
    'a stall in a pause says how long the clock ran',
    stall(0, 60_000, { stalledMs: 1_200 }),
    'stalled for 1.2 s: edge-a answered 503 to 3 segments.',
  ],
  [
    'a flag has no length',
    stall(0, 3_000, { precision: 'flag', stalledMs: 0 }),
    'stalled: edge-a answered 503 to 3 segments.',
  ],
  [
    'a seek is named',
    stall(0, 900, { stallKind: 'seek' }),
    'after a seek, stalled for 0.9 s: edge-a answered 503 to 3 segments.',
  ],
  ['a start', incident('startup_failure', 0, 100), 'never started: edge-a answered 503 to 3 segments.'],
  ['a break', incident('playback_failure', 0, 0), 'broke off: edge-a answered 503 to 3 segments.'],
  [
    'a collapse',
    incident('quality_collapse', 0, 12_340),
    'quality collapsed for 12.3 s: edge-a answered 503 to 3 segments.',
  ],
  [
    'a silent failure',
    incident('silent_failure', 0, 100, { silent: { cdn: 'edge-a', kind: '5xx' } }),
    'the player reported no error: edge-a answered 503 to 3 segments.',
  ],
  [
    'a failover that worked',
    incident('failover', 0, 700, { failover: { ...move, result: 'recovered' } }),
    'edge-a answered 503 to 3 segments; failed over to edge-b in 0.7 s.',
  ],
  [
    'a failover that did not',
    incident('failover', 0, 700, { failover: { ...move, result: 'failed' } }),
    'edge-a answered 503 to 3 segments; failed over to edge-b in 0.7 s, which failed too.',
  ],
] as const) {
  test(name, () => expect(sentenceFor(draft, decision)).toBe(sentence));
}
