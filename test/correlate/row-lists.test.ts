import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowLists } from '../../collector/correlate/sessions/row-lists.ts';

test('gives the rows of every list in the order they were added, however lists come and go', () => {
  const step = fc.record({ list: fc.integer({ min: 0, max: 3 }), isTaken: fc.boolean(), rows: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lists = new RowLists();
      const known = Array.from({ length: 4 }, () => ({ head: -1, rows: [] as number[] }));
      let next = 0;
      for (const { list, isTaken, rows } of steps) {
        const mine = known[list]!;
        if (isTaken) {
          expect(lists.take(mine.head, mine.rows.length)).toEqual(mine.rows);
          known[list] = { head: -1, rows: [] };
        } else {
          for (let n = 0; n < rows; n++) {
            mine.head = lists.add(mine.head, mine.rows.length, next);
            mine.rows.push(next++);
          }
        }
      }
      for (const { head, rows } of known) expect(lists.take(head, rows.length)).toEqual(rows);
    }),
    { seed: 1 },
  );
});
