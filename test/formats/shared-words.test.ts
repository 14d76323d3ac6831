import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteInterner } from '../../collector/formats/parse/byte-interner.ts';
import { Columns } from '../../collector/formats/parse/columns.ts';

test('a shared text is what the bytes say, whatever texts were there before', () => {
  const letter = fc.constantFrom('a', 'b', 'c', '\0', 'é');
  const word = fc.array(letter, { minLength: 1, maxLength: 40 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), word), { maxLength: 60 }), (texts) => {
      const columns = new Columns(3);
      const interner = new ByteInterner(64);
      for (const [column, text] of texts) {
        const bytes = Buffer.from(text);
        columns.begin(bytes, bytes.length);
        columns.set(column, 0, bytes.length);
        expect(columns.shared(column, interner)).toBe(text);
      }
    }),
    { seed: 1 },
  );
});

test('words that differ by as little as their lengths do are told apart', () => {
  const columns = new Columns(1);
  const interner = new ByteInterner(64);
  for (const text of ['bbbc', 'bbbbb', 'a', '\0b', 'bbbc']) {
    const bytes = Buffer.from(text);
    columns.begin(bytes, bytes.length);
    columns.set(0, 0, bytes.length);
    expect(columns.shared(0, interner)).toBe(text);
  }
});
