import type { Columns } from './columns.ts';
import { decimal } from './decimal.ts';

const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;

/**
 * nginx lists one value per upstream it tried, `0.1, 0.2 : 0.3` with `-` for none: `,` between servers of a group,
 * `:` between groups. The last one is the server whose answer the client got.
 */
export function lastOfList(columns: Columns, column: number): number {
  let last = Number.NaN;
  each(columns, column, (value) => {
    last = value;
  });
  return last;
}

/** Time spent on all upstreams together; NaN when none was asked. */
export function sumOfList(columns: Columns, column: number): number {
  let sum = Number.NaN;
  each(columns, column, (value) => {
    if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value;
  });
  return sum;
}

function each(columns: Columns, column: number, take: (value: number) => void): void {
  if (!columns.has(column)) return;
  const bytes = columns.bytes(column);
  const end = columns.end(column);
  let from = columns.start(column);
  for (let i = from; i <= end; i++) {
    const byte = i < end ? bytes[i] : COMMA;
    if (byte !== COMMA && byte !== COLON) continue;
    let to = i;
    while (from < to && bytes[from] === SPACE) from++;
    while (to > from && bytes[to - 1] === SPACE) to--;
    take(decimal(bytes, from, to));
    from = i + 1;
  }
}
