import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionKey } from '../../collector/correlate/sessions/session-key.ts';
import { SessionTable } from '../../collector/correlate/sessions/session-table.ts';

test('reads a UUID and 32 hex digits as they are and hashes anything else', () => {
  const key = new SessionKey();
  key.set('default', 'C485FB8B-06c3-4872-8464-19285eee9ce9');
  expect(key.hex()).toBe('c485fb8b06c34872846419285eee9ce9');
  key.set('default', 'c485fb8b06c34872846419285eee9ce9');
  expect(key.hex()).toBe('c485fb8b06c34872846419285eee9ce9');
  key.set('default', 'viewer-17');
  const hashed = key.hex();
  expect(hashed).toMatch(/^[0-9a-f]{32}$/);
  key.set('other', 'viewer-17');
  expect(key.hex()).not.toBe(hashed);
});

test('refuses the all-zero trace id', () => {
  const key = new SessionKey();
  key.set('default', '00000000-0000-0000-0000-000000000000');
  expect(key.hex()).not.toBe('0'.repeat(32));
});

test('finds what a map would find, through any history of adding and removing', () => {
  const step = fc.record({ id: fc.integer({ min: 1, max: 60 }), isRemoval: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const table = new SessionTable(40, 16);
      const slots = new Map<number, number>();
      const key = new SessionKey();
      for (const { id, isRemoval } of steps) {
        key.set('default', `session ${id}`);
        const known = slots.get(id) ?? -1;
        expect(table.find(key, 0)).toBe(known);
        expect(table.find(key, 1)).toBe(-1);
        if (isRemoval && known >= 0) {
          table.remove(known);
          slots.delete(id);
        } else if (!isRemoval && known < 0) {
          const slot = table.add(key, 0);
          if (slots.size < 40) slots.set(id, slot);
          else expect(slot).toBe(-1);
        }
        expect(table.size).toBe(slots.size);
        expect(new Set(slots.values()).size).toBe(slots.size);
      }
    }),
    { seed: 1 },
  );
});
