import type { Placement } from './migrations.ts';
import { SESSION_COLUMNS } from './session-columns.ts';
import type { QueryLimits, Store } from './store.ts';

/** Rows that are read and written at once. */
const PAGE_ROWS = 5_000;
const LIMITS: QueryLimits = { timeoutMs: 120_000, rows: 100_000, memoryBytes: 2 * 2 ** 30 };

const columns = SESSION_COLUMNS.map(([name]) => name);
const TENANT = columns.indexOf('tenant');
const TRACE = columns.indexOf('trace_id');

/**
 * Copies every session from one store into another, day by day and page by page, as text that both read. A session
 * keeps its version, so a copy that was cut short is repeated, and rows that a collector wrote meanwhile stay.
 */
export async function moveSessions(
  from: Store,
  to: Store,
  placement: Placement,
  copied: (day: string, rows: number) => void,
): Promise<number> {
  const source = `${placement.database}.sessions FINAL`;
  const days = await from.query(`SELECT DISTINCT toString(toDate(started_at)) FROM ${source} ORDER BY 1`, {}, LIMITS);
  let total = 0;
  for (const [day] of days.rows) {
    let rows = 0;
    let after = { tenant: '', trace: '' };
    for (;;) {
      const page = await from.query(
        `SELECT ${columns.map(written).join(', ')}
         FROM ${source} WHERE toDate(started_at) = {day:Date} AND (tenant, trace_id) > ({tenant:String}, {trace:String})
         ORDER BY tenant, trace_id LIMIT ${PAGE_ROWS}`,
        { day: String(day), ...after },
        LIMITS,
      );
      const last = page.rows.at(-1);
      if (last === undefined) break;
      const lines = Buffer.from(page.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      await to.insert({ table: `${placement.database}.sessions`, columns, lines });
      after = { tenant: String(last[TENANT]), trace: String(last[TRACE]) };
      rows += page.rows.length;
    }
    copied(String(day), rows);
    total += rows;
  }
  return total;
}

/** Times as the collector writes them: Unix ms. */
function written(name: string): string {
  if (name === 'incident_begins' || name === 'incident_ends') {
    return `arrayMap(at -> toUnixTimestamp64Milli(at), ${name})`;
  }
  return name === 'started_at' || name === 'ended_at' ? `toUnixTimestamp64Milli(${name})` : name;
}
