import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eachLine, LineSplitter, type RecordSink } from '../../collector/receivers/lines.ts';

function collecting(stopAfter = Number.POSITIVE_INFINITY) {
  const lines: string[] = [];
  const refused: string[] = [];
  const sink: RecordSink = {
    record: (bytes, start, end) => {
      if (lines.length >= stopAfter) return false;
      lines.push(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
      return true;
    },
    refuse: (reason, bytes, start, end) =>
      refused.push(`${reason} ${Buffer.from(bytes.subarray(start, end)).toString('latin1')}`),
  };
  return { lines, refused, sink };
}

describe('lines of a body', () => {
  for (const [name, body, lines, refused] of [
    ['nothing in nothing', '', [], []],
    ['a line without an end', 'one', ['one'], []],
    ['LF and CRLF alike', 'one\r\ntwo\n', ['one', 'two'], []],
    ['a lone CR inside a line is kept', 'a\rb\n', ['a\rb'], []],
    ['empty lines are no records', '\n\none\n\r\n\ntwo', ['one', 'two'], []],
    ['a byte order mark is not part of the first line', '\xef\xbb\xbfone\ntwo', ['one', 'two'], []],
    ['a mark on a later line is its own', 'one\n\xef\xbb\xbftwo', ['one', '\xef\xbb\xbftwo'], []],
    ['U+2028 and U+0085 end no line', 'a\xe2\x80\xa8b\xc2\x85c\n', ['a\xe2\x80\xa8b\xc2\x85c'], []],
    ['a line of the limit is taken', `${'x'.repeat(20)}\nb`, ['x'.repeat(20), 'b'], []],
    ['a longer line is refused alone', `a\n${'x'.repeat(21)}\nb`, ['a', 'b'], [`too_long ${'x'.repeat(21)}`]],
    ['a longer last line too', `a\n${'x'.repeat(99)}`, ['a'], [`too_long ${'x'.repeat(20)}`]],
  ] as const) {
    test(name, () => {
      const { lines: got, refused: bad, sink } = collecting();
      const bytes = Buffer.from(body, 'latin1');
      expect(eachLine(bytes, 0, bytes.length, 20, sink)).toBe(true);
      expect([got, bad]).toEqual([lines, refused]);
    });
  }

  test('only the given range is read', () => {
    const { lines, sink } = collecting();
    const bytes = Buffer.from('no\none\ntwo\nno');
    eachLine(bytes, 3, 10, 20, sink);
    expect(lines).toEqual(['one', 'two']);
  });
});

test('blocks of any size give the same lines as the whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', 'x'.repeat(15), '\xef\xbb\xbf'), { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
      (pieces, sizes) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1');
        const whole = collecting();
        eachLine(bytes, 0, bytes.length, 12, whole.sink);
        const parts = collecting();
        const splitter = new LineSplitter(12, parts.sink);
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length] as number;
          // A copy that is overwritten afterwards: the splitter may not hold on to a block.
          const block = Buffer.from(bytes.subarray(at, at + size));
          splitter.write(block, 0, block.length);
          block.fill(0);
          at += size;
        }
        splitter.end();
        expect(parts.lines).toEqual(whole.lines);
        expect(parts.refused.length).toBe(whole.refused.length);
      },
    ),
    { seed: 1 },
  );
});

test('an endless line costs its limit, not its length', () => {
  const { lines, refused, sink } = collecting();
  const splitter = new LineSplitter(100, sink);
  const block = Buffer.alloc(1 << 20, 'x');
  for (let i = 0; i < 50; i++) splitter.write(block, 0, block.length);
  const last = Buffer.from('\nnext\n');
  splitter.write(last, 0, last.length);
  expect([lines, refused]).toEqual([['next'], [`too_long ${'x'.repeat(100)}`]]);
});

test('the splitter knows where reading may go on when its sink is full', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{0,6}\r?$/), { maxLength: 20 }),
      fc.integer({ min: 0, max: 20 }),
      (words, stopAfter) => {
        const bytes = Buffer.from(words.map((word) => `${word}\n`).join(''), 'latin1');
        const all = collecting();
        eachLine(bytes, 0, bytes.length, 20, all.sink);
        const first = collecting(stopAfter);
        const splitter = new LineSplitter(20, first.sink);
        const isWhole = splitter.write(bytes, 0, bytes.length);
        expect(isWhole).toBe(all.lines.length <= stopAfter);
        const rest = collecting();
        eachLine(bytes, splitter.consumed, bytes.length, 20, rest.sink);
        expect([...first.lines, ...rest.lines]).toEqual(all.lines);
      },
    ),
    { seed: 1 },
  );
});

test('consumed and pending say where the last unfinished line begins', () => {
  const { sink } = collecting();
  const splitter = new LineSplitter(20, sink);
  const bytes = Buffer.from('one\ntwo\npar');
  splitter.write(bytes, 0, bytes.length);
  expect([splitter.consumed, splitter.pending]).toEqual([8, 3]);
  splitter.end();
  expect([splitter.consumed, splitter.pending]).toEqual([11, 0]);
});
