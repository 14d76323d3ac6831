import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionFinder } from '../../collector/correlate/sessions/session-finder.ts';

test('a hint, right or wrong, changes nothing of what is found', () => {
  const step = fc.record({
    tenant: fc.constantFrom('a', 'b'),
    sid: fc.constantFrom('one', 'two', 'C485FB8B-06c3-4872-8464-19285eee9ce9', 'c485fb8b06c34872846419285eee9ce9'),
    hint: fc.constantFrom(-1, 0, 1, 65_535, 65_536),
    isRemoval: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const [hinted, plain] = [new SessionFinder(100), new SessionFinder(100)];
      for (const { tenant, sid, hint, isRemoval } of steps) {
        const slot = hinted.find(tenant, sid, hint);
        expect(slot).toBe(plain.find(tenant, sid, -1));
        if (isRemoval && slot >= 0) {
          hinted.remove(slot);
          plain.remove(slot);
        } else if (slot < 0) expect(hinted.add(tenant, sid)).toBe(plain.add(tenant, sid));
        expect(hinted.size).toBe(plain.size);
      }
    }),
    { seed: 1 },
  );
});
