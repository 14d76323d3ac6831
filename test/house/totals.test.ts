import { expect, test } from 'vitest';
import { totalOf } from '../support/all-tests.ts';

const well = (passed: number, failed = 0) => ({ isWell: failed === 0, summary: { passed, failed, skipped: 1 } });

for (const [name, runs, total] of [
  ['sums of runs that went well', [well(3), well(5)], { passed: 8, failed: 0, skipped: 2 }],
  ['failures of both', [well(3, 1), well(5, 2)], { passed: 8, failed: 3, skipped: 2 }],
  ['a run that broke off', [{ isWell: false, summary: null }, well(5)], { passed: 5, failed: 1, skipped: 1 }],
  ['a run that failed without a failed test', [{ ...well(3), isWell: false }], { passed: 3, failed: 1, skipped: 1 }],
  ['a run that tested nothing', [well(0)], { passed: 0, failed: 1, skipped: 1 }],
] as const) {
  test(`totals: ${name}`, () => expect(totalOf(runs)).toEqual(total));
}
