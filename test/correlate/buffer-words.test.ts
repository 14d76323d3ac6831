import { expect, test } from 'vitest';
import { BufferWords } from '../../collector/correlate/server/buffer-words.ts';

for (const [name, starvedMs, deliveredMs, bufferMs, expected] of [
  // Ten seconds, in which it had 2 + 8 s to play: what is left says how long it stood.
  ['a player that stood for as long as modelled', 2_000, 8_000, 2_000, 0],
  ['one that waited for more media before it went on', 2_000, 8_000, 4_000, 2_000],
  ['one that went on sooner', 2_000, 8_000, 1_000, -1_000],
  ['one that stood no longer than CMCD rounds', 2_000, 8_000, 2_100, 0],
  ['one that was not starved', 0, 8_000, 4_000, 0],
  ['one that stood for too long to have been starved only', 2_000, 8_000, 8_000, 0],
  ['one that cannot have stood for less than no time', 500, 8_000, 0, -500],
] as const) {
  test(`the word of ${name}`, () => {
    const words = new BufferWords();
    words.heard(2_000, 0);
    words.starved(starvedMs);
    words.delivered(deliveredMs);
    const correctionMs = words.heard(bufferMs, 10_000);
    expect(correctionMs).toBe(expected);
  });
}

test('what was said before a jump says nothing', () => {
  const words = new BufferWords();
  words.heard(2_000, 0);
  words.forget();
  words.starved(2_000);
  words.delivered(8_000);
  expect(words.heard(4_000, 10_000)).toBe(0);
});
