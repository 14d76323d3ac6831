import type { Failover } from './cdn-switches.ts';
import type { Evidence } from './evidence.ts';
import type { IncidentDraft } from './incident-draft.ts';

/** Quality is compared over this much time on either side of a failover. */
const COMPARE_MS = 30_000;

/** A failover whose result is known, as an incident with the quality before and after it. */
export function failoverDraft(failover: Failover, evidence: Evidence): IncidentDraft {
  const { from, to, reason, beginMs, endMs } = failover;
  return {
    kind: 'failover',
    beginMs,
    endMs,
    failover: {
      from,
      to,
      reason,
      result: failover.result === 'failed' ? 'failed' : 'recovered',
      bitrateBeforeKbps: evidence.meanBitrateKbps(beginMs - COMPARE_MS, beginMs),
      bitrateAfterKbps: evidence.meanBitrateKbps(endMs, endMs + COMPARE_MS),
    },
  };
}
