import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '../../collector/formats/parse/decimal.ts';

const read = (text: string): number => decimal(Buffer.from(`9${text}9`), 1, 1 + text.length);

test('a decimal is the number that its digits say', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(digits, fc.option(digits), fc.boolean(), (whole, fraction, isNegative) => {
      const text = `${isNegative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`;
      expect(read(text)).toBe(Number(text));
    }),
    { seed: 1 },
  );
});

for (const [text, number] of [
  ['5.', 5],
  ['.5', 0.5],
  ['-0.25', -0.25],
  ['999999999', 999_999_999],
  ['9999999999', 9_999_999_999],
  ['1e3', 1000],
  ['', Number.NaN],
  ['-', Number.NaN],
  ['.', Number.NaN],
  ['1.2.3', Number.NaN],
  ['12a', Number.NaN],
  ['1 2', Number.NaN],
] as const) {
  test(`'${text}' is ${number}`, () => expect(read(text)).toBe(number));
}
