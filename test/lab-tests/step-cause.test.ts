import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../collector/model/incident.ts';
import type { SessionFacts } from '../lab/session-facts.ts';
import { causeOfStep } from '../lab/step-cause.ts';

type Row = readonly [
  name: string,
  lostTo: Verdict,
  isStarved: boolean,
  lineKbps: number,
  cause: Verdict,
  isBroken?: boolean,
];

const from = { index: 3, kbps: 3_000, height: 720 };
const to = { index: 1, kbps: 800, height: 360 };

describe('why a player stepped down from 3,000 to 800 kbit/s', () => {
  const rows: readonly Row[] = [
    ['the origin cost the most', 'origin_slow', false, 9_000, 'origin_slow'],
    ['what it measured is what reached the edge', 'unknown', true, 9_000, 'cache_miss'],
    ['the line carried 1,000', 'unknown', false, 1_000, 'network'],
    ['a segment was late for that', 'abr', false, 1_000, 'network'],
    ['the line carried the old rendition, but without reserve', 'unknown', false, 3_100, 'network'],
    ['the line carried the old rendition well', 'unknown', false, 5_000, 'abr'],
    ['the line carried four times what it took', 'unknown', false, 3_300, 'abr'],
    ['its rule is broken', 'network', false, 1_000, 'abr', true],
  ];
  for (const [name, lostTo, isStarved, lineKbps, cause, isBroken = false] of rows) {
    test(`${name}: ${cause}`, () => {
      const facts = { isStubborn: () => isBroken, line: { meanRate: () => lineKbps } } as unknown as SessionFacts;
      expect(causeOfStep(facts, lostTo, isStarved, from, to, 0)).toBe(cause);
    });
  }
});
