import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Columns } from '../../collector/formats/parse/columns.ts';
import { DelimitedFields } from '../../collector/formats/parse/delimited.ts';

const TAB = 0x09;
const field = fc.oneof(
  fc.constantFrom('', '-', '\b', '\x89', 'Hit'),
  fc.string({ unit: fc.constantFrom('a', '\b', '-', '\0', 'é'), maxLength: 40 }),
);

test('fields are what stands between the delimiters, wherever the line lies and however long it is', () => {
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 40 }), fc.nat(40), fc.nat(20), (texts, count, padding) => {
      const wanted = texts.slice(0, count + 1);
      const columns = new Columns(wanted.length);
      const fields = new DelimitedFields(columns, [...wanted.keys()]);
      const before = Buffer.alloc(padding, '\t');
      const line = Buffer.from(texts.join('\t'));
      const bytes = Buffer.concat([before, line, before]);
      columns.begin(bytes, line.length);
      expect(fields.read(padding, padding + line.length, TAB, false)).toBe(true);
      expect(wanted.map((_, column) => columns.text(column))).toEqual(wanted.map((text) => (text === '-' ? '' : text)));
      expect(
        new DelimitedFields(
          columns,
          [...texts, ''].map(() => 0),
        ).read(padding, padding + line.length, TAB, false),
      ).toBe(false);
    }),
    { seed: 1 },
  );
});

test('the reader of a long field says where to go on', () => {
  fc.assert(
    fc.property(fc.array(field, { minLength: 3, maxLength: 12 }), fc.nat(11), (texts, at) => {
      const long = at % texts.length;
      const columns = new Columns(texts.length);
      const line = Buffer.from(texts.join('\t'));
      const read: string[] = [];
      const fields = new DelimitedFields(columns, [...texts.keys()], {
        column: long,
        read: (start, end) => {
          const tab = line.indexOf(TAB, start);
          const over = tab < 0 ? end : tab;
          read.push(line.toString('utf8', start, over));
          return over;
        },
      });
      columns.begin(line, line.length);
      expect(fields.read(0, line.length, TAB, true)).toBe(true);
      expect(read).toEqual([texts[long]]);
      expect(texts.map((_, column) => columns.text(column))).toEqual(texts.map((text) => (text === '-' ? '' : text)));
    }),
    { seed: 1 },
  );
});
