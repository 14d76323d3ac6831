import { referrerHost } from '../../privacy/referrer-host.ts';
import { ByteInterner } from './byte-interner.ts';
import type { Columns } from './columns.ts';

/** Pages that are remembered by what was logged of them. */
const PAGES = 4_096;
/** The shortest there is: `http://a`. Shorter words are shared with other columns. */
const SHORTEST = 9;
const hosts = new ByteInterner(PAGES, referrerHost);

/** Host of the page that a request names in its `Referer`; '' without one. */
export function referrerIn(columns: Columns, column: number): string {
  return columns.end(column) - columns.start(column) >= SHORTEST ? columns.shared(column, hosts) : '';
}
