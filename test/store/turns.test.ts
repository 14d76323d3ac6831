import { expect, test } from 'vitest';
import { Turns } from '../../collector/store/turns.ts';

test('a few run at once, the rest in the order they came, whatever fails', async () => {
  const turns = new Turns(2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const all = [0, 1, 2, 3, 4].map((name) =>
    turns
      .run(async () => {
        begun.push(name);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (name === 1) throw new Error('failed');
        return name;
      })
      .catch(() => -1),
  );
  for (let at = 0; at < all.length; at++) {
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2, 3, 4].slice(0, Math.min(at + 2, all.length)));
    ends[at]?.();
  }
  expect(await Promise.all(all)).toEqual([0, -1, 2, 3, 4]);
});
