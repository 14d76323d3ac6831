import { expect, test } from 'vitest';
import type { IncidentDraft, IncidentEvidence } from '../../collector/correlate/incidents/incident-draft.ts';
import { sentenceFor } from '../../collector/correlate/incidents/incident-sentence.ts';
import { decideVerdict } from '../../collector/correlate/incidents/verdicts.ts';
import { cmcdOf } from '../../collector/correlate/join/request-halves.ts';
import { type RecordedRun, recordedRun } from './recorded-run.ts';

/** Bitrates the run's requests name. */
function ladderOf({ requests }: RecordedRun): IncidentEvidence['ladder'] {
  const named = requests
    .filter((request) => request.objectType !== 'audio')
    .flatMap((request) => {
      const cmcd = cmcdOf(request);
      return [cmcd.bitrateKbps, cmcd.lowestBitrateKbps, cmcd.topBitrateKbps].filter((kbps) => kbps > 0);
    });
  return { lowestKbps: Math.min(...named), topKbps: Math.max(...named) };
}

function failover(seconds: number): Partial<IncidentDraft> {
  return {
    endMs: seconds,
    failover: {
      from: 'edge-a',
      to: 'edge-b',
      reason: '5xx',
      result: 'recovered',
      bitrateBeforeKbps: 2_820,
      bitrateAfterKbps: 290,
    },
  };
}

/** Seconds after the first request; the faults are those of the recordings' README. */
for (const [run, what, draft, verdict, atLeast, sentence] of [
  [
    'hls-rebuffer',
    'first stall, edge at 12 kB/s',
    { kind: 'stall', stallKind: 'connection', beginMs: 18.88, endMs: 20.05 },
    'network',
    0.8,
    'stalled for 1.2 s: edge-a answered fast, but the network carried 4 segments at 104 kbit/s, below the lowest rendition (290 kbit/s).',
  ],
  [
    'hls-rebuffer',
    'third stall',
    { kind: 'stall', stallKind: 'connection', beginMs: 27.1, endMs: 30.11 },
    'network',
    0.8,
    '',
  ],
  [
    'hls-failover2',
    '503 on edge A',
    { kind: 'failover', beginMs: 8.63, ...failover(9.43) },
    'edge_error',
    0.95,
    'edge-a answered 503 to 5 segments; origin healthy; failed over to edge-b in 0.8 s.',
  ],
  [
    'hls-failover2',
    'edge B throttled, as logs alone date it',
    { kind: 'quality_collapse', beginMs: 21.64, endMs: 53 },
    'network',
    0.6,
    '',
  ],
  [
    'hls-failover2',
    'edge B throttled from 18 s',
    { kind: 'quality_collapse', beginMs: 26.6, endMs: 60 },
    'network',
    0.6,
    'quality collapsed for 33.4 s: edge-b answered fast, but the network carried 2 segments at 284 kbit/s, below the lowest rendition (290 kbit/s).',
  ],
  ['rid-hls', '503 on edge A', { kind: 'failover', beginMs: 6.62, ...failover(7.35) }, 'edge_error', 0.95, ''],
  ['rid-dash', '503 on edge A', { kind: 'failover', beginMs: 6.59, ...failover(9.63) }, 'edge_error', 0.95, ''],
  [
    'hls-v1-redundant',
    '503 on edge A, CMCD v1',
    { kind: 'failover', beginMs: 6.73, ...failover(7.45) },
    'edge_error',
    0.95,
    '',
  ],
] as const) {
  test(`${run}: ${what}`, () => {
    const recorded = recordedRun(run);
    const t0 = recorded.requests[0]?.startMs ?? 0;
    const { beginMs, endMs, ...rest } = draft;
    const incident: IncidentDraft = { ...rest, beginMs: t0 + beginMs * 1000, endMs: t0 + (endMs as number) * 1000 };
    const decision = decideVerdict(incident, {
      requests: recorded.requests,
      ladder: ladderOf(recorded),
      errors: [],
      switches: [],
      streamType: 'vod',
    });
    expect(decision.verdict, decision.cause).toBe(verdict);
    expect(decision.confidence).toBeGreaterThanOrEqual(atLeast);
    if (sentence !== '') expect(sentenceFor(incident, decision)).toBe(sentence);
  });
}
