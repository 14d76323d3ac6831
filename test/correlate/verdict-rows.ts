import { describe, expect, test } from 'vitest';
import type { IncidentDraft, IncidentEvidence } from '../../collector/correlate/incidents/incident-draft.ts';
import { decideVerdict } from '../../collector/correlate/incidents/verdicts.ts';
import type { Verdict } from '../../collector/model/incident.ts';
import { fetched, healthy, stall } from './wire.ts';

type Row = readonly [name: string, draft: IncidentDraft, evidence: IncidentEvidence, atLeast: number, atMost?: number];

/** Buffer full at 8 s, nothing good after it, dry at 16 s, on again at 20 s. */
export const before = healthy(0, 8_000);
export const dry = stall(16_000, 20_000);
export const cutOff = (at: number, more = {}) => fetched({ at, tookMs: 5, status: 503, cache: '', ...more });

export function rows(verdict: Verdict, list: readonly Row[]): void {
  describe(verdict, () => {
    for (const [name, draft, evidence, atLeast, atMost = 1] of list) {
      test(name, () => {
        const decision = decideVerdict(draft, evidence);
        expect(decision.verdict, decision.cause).toBe(verdict);
        expect(decision.cause).not.toMatch(/(?<![\d.])0 [kM]?bit|NaN|Infinity|undefined/);
        const [, asked, came] = /asked for (\d+) kbit\/s where (\d+)/.exec(decision.cause) ?? [];
        if (asked !== undefined) expect(Number(asked), decision.cause).toBeGreaterThan(Number(came));
        expect(decision.confidence).toBeGreaterThanOrEqual(atLeast);
        expect(decision.confidence).toBeLessThanOrEqual(atMost);
        const known = new Set(evidence.requests.map(({ spanId }) => spanId));
        expect(decision.evidence.filter((id) => !known.has(id))).toEqual([]);
      });
    }
  });
}

/** The edge refuses for as long as the buffer lasts. */
export const storm = [8_000, 9_000, 11_000, 15_000].map((at) => cutOff(at));

/** A segment that comes far slower than it plays. */
export const crawling = (at: number, tookMs: number, more = {}) =>
  fetched({ at, tookMs, bytes: 70_000, kbps: 300, ...more });
