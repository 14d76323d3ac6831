import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitRun } from '../../collector/formats/parse/digit-run.ts';

test('a run of digits is as long as they go, up to eight, and is their number', () => {
  const byte = fc.oneof(fc.integer({ min: 0x30, max: 0x39 }), fc.integer({ min: 0x30, max: 0x39 }), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { minLength: 8, maxLength: 8 }), (eight) => {
      const bytes = Uint8Array.of(0x39, ...eight, 0x39);
      const digits = /^[0-9]*/.exec(Buffer.from(eight).toString('latin1'))?.[0] ?? '';
      const run = digitRun(new DataView(bytes.buffer), 1);
      expect([run & 15, run >>> 4]).toEqual([digits.length, Number(digits)]);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});
