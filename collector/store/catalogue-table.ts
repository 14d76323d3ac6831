import type { CatalogueEntry } from './catalogue.ts';
import { erase } from './erase.ts';
import type { Placement } from './migrations.ts';
import type { Store } from './store.ts';

type Cell = (entry: CatalogueEntry) => unknown;

/** Columns of `catalogue` that an entry fills. JSON has no NaN: it is null. */
const COLUMNS: readonly (readonly [name: string, cell: Cell])[] = [
  ['content_id', ({ contentId }) => contentId],
  ['title', ({ title }) => title],
  ['show', ({ show }) => show],
  ['season', ({ season }) => season],
  ['episode', ({ episode }) => episode],
  ['producer', ({ producer }) => producer],
  ['distributor', ({ distributor }) => distributor],
  ['category', ({ category }) => category],
  ['duration_seconds', ({ durationSeconds }) => durationSeconds],
];
const ROWS_AT_ONCE = 20_000;

/** Puts these contents of a tenant in the place of those that were there. A higher version wins over a lower one. */
export async function storeCatalogue(
  store: Pick<Store, 'exec' | 'query' | 'insert'>,
  placement: Placement,
  tenant: string,
  entries: readonly CatalogueEntry[],
  version: number,
): Promise<void> {
  for (let at = 0; at < entries.length; at += ROWS_AT_ONCE) {
    const lines = entries.slice(at, at + ROWS_AT_ONCE).map((entry) => {
      return `${JSON.stringify([tenant, version, ...COLUMNS.map(([, cell]) => cell(entry))])}\n`;
    });
    await store.insert({
      table: `${placement.database}.catalogue`,
      columns: ['tenant', 'version', ...COLUMNS.map(([name]) => name)],
      lines: Buffer.from(lines.join('')),
    });
  }
  const isFormer = 'tenant = {tenant:String} AND version < {version:UInt64}';
  await erase(store, placement, 'catalogue', isFormer, { tenant, version });
}

/** What the catalogue says of a content besides its title: dimensions. */
export const CATALOGUE_TEXTS = ['show', 'season', 'episode', 'producer', 'distributor', 'category'] as const;

/**
 * Rows with what the catalogue says of their content beside them. Its title goes before that of the player, and a content
 * that has none is called by its id.
 * `rows`: a SELECT whose rows have tenant, title and `content`, which is their content id unless it is named otherwise.
 */
export function withCatalogue(database: string, rows: string, content = 'content_id'): string {
  const texts = CATALOGUE_TEXTS.map((name) => `c.${name} AS ${name}`).join(', ');
  return `SELECT r.* EXCEPT (title), multiIf(c.title != '', c.title, r.title != '', r.title, r.${content}) AS title, ${texts}
    FROM (${rows}) AS r LEFT ANY JOIN (SELECT * FROM ${database}.catalogue FINAL) AS c
      ON c.tenant = r.tenant AND c.content_id = r.${content}`;
}

/** True for rows `s` of a content of which the catalogue says one of `{name:Array(String)}`; '' is a content it is silent of. */
export function catalogueFilter(database: string, name: string, values: readonly string[]): string {
  const isWanted = `${name} IN {${name}:Array(String)}`;
  return values.includes('')
    ? `(s.tenant, s.content_id) NOT IN (${contentsWhere(database, `NOT ${isWanted}`)})`
    : `(s.tenant, s.content_id) IN (${contentsWhere(database, isWanted)})`;
}

/** The same for its title, which is the catalogue's, else the player's, else the content id. */
export function titleFilter(database: string): string {
  const isWanted = 'IN {title:Array(String)}';
  return `((s.tenant, s.content_id) IN (${contentsWhere(database, `title ${isWanted}`)})
    OR if(s.title = '', s.content_id, s.title) ${isWanted}
      AND (s.tenant, s.content_id) NOT IN (${contentsWhere(database, "title != ''")}))`;
}

/** Contents of which this is true, for `IN`. */
export function contentsWhere(database: string, condition: string): string {
  return `SELECT tenant, content_id FROM ${database}.catalogue FINAL WHERE ${condition}`;
}
