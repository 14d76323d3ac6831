import type { Log } from '../exporters/exporter.ts';
import type { UnixMs } from '../model/time.ts';
import { CONSUMPTION_PARTS, deviceParts, GRAINS, SUMMED_PARTS } from './audience-parts.ts';
import { Chore } from './chore.ts';
import type { DayUnit } from './day-units.ts';
import { erase } from './erase.ts';
import type { Placement } from './migrations.ts';
import type { QueryLimits, Store } from './store.ts';

/** Days that are summed up: `YYYY-MM-DD` → the version of their sums. */
export type ClosedDays = { readonly unit: string; readonly versions: ReadonlyMap<string, number> };

export type DaySumsOptions = {
  readonly store: Pick<Store, 'exec' | 'query' | 'insert'>;
  readonly placement: Placement;
  readonly units: readonly DayUnit[];
  readonly log: Log;
  readonly now: () => UnixMs;
};

const EVERY_MS = 15 * 60_000;
/** Days summed up in one go, newest first: a year of them is not to hold up anything else. */
const DAYS_AT_ONCE = 31;
/** A row is seen this long after the store gave it its time, at the latest. */
const UNSEEN_MS = 60_000;
const LIMITS: QueryLimits = { timeoutMs: 120_000, rows: 100_000, memoryBytes: 2 * 2 ** 30 };
/** One day at a time with one thread: rows that come in go first. */
const SETTINGS =
  'SETTINGS max_threads = 1, do_not_merge_across_partitions_select_final = 1, prefer_column_name_to_alias = 0';

/** Sums up days when they are over, and again when rows of them came late. Answers read the sums of the last time. */
export class DaySums {
  readonly #options: DaySumsOptions;
  readonly #replaced: { readonly unit: string; readonly day: string; readonly version: number }[] = [];
  readonly #chore: Chore;
  #isClosed = false;

  constructor(options: DaySumsOptions) {
    this.#options = options;
    const failed = 'closed days are not summed up yet, trying again later';
    this.#chore = new Chore({ everyMs: EVERY_MS, work: () => this.sumUp(), failed, log: options.log });
  }

  start(): void {
    this.#chore.start();
  }

  /** Waits for the day that is being summed up; may be called twice. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.#chore.close();
  }

  /** The days of a unit whose sums can be read. */
  async of(unit: DayUnit): Promise<ClosedDays> {
    const { store, placement } = this.#options;
    const { rows } = await store.query(
      `SELECT toString(day), max(version) FROM ${placement.database}.closed_days WHERE unit = {unit:String} GROUP BY day`,
      { unit: unit.name },
      LIMITS,
    );
    return { unit: unit.name, versions: new Map(rows.map(([day, version]) => [String(day), Number(version)])) };
  }

  /** Sums up every day that is over and was not yet, or has changed since. Returns how many. */
  async sumUp(): Promise<number> {
    await this.#forgetReplaced();
    const version = await this.#clock();
    let days = 0;
    for (const unit of this.#options.units) {
      for (const { day, replaces } of await this.#dueDays(unit)) {
        if (this.#isClosed) return days;
        await this.#sumUpDay(unit, day, version);
        if (replaces > 0) this.#replaced.push({ unit: unit.name, day, version: replaces });
        days++;
      }
    }
    return days;
  }

  async #dueDays(unit: DayUnit): Promise<readonly { readonly day: string; readonly replaces: number }[]> {
    const { store, placement, now } = this.#options;
    const { rows } = await store.query(
      `SELECT toString(written.day), summed.version FROM (
         SELECT toDate(s.started_at, {zone:String}) AS day, toUnixTimestamp64Milli(max(s.stored_at)) AS latest
         FROM ${placement.database}.sessions AS s
         WHERE day < toDate(fromUnixTimestamp64Milli({now:Int64}), {zone:String}) AND ${tenantsOf(unit)}
         GROUP BY day) AS written
       LEFT JOIN (
         SELECT day, max(version) AS version FROM ${placement.database}.closed_days WHERE unit = {unit:String}
         GROUP BY day) AS summed ON summed.day = written.day
       WHERE latest >= toInt64(summed.version) - ${UNSEEN_MS} ORDER BY written.day DESC LIMIT ${DAYS_AT_ONCE}`,
      { zone: unit.timeZone, now: now(), unit: unit.name, tenants: unit.tenants ?? [] },
      LIMITS,
    );
    return rows.map(([day, version]) => ({ day: String(day), replaces: Number(version) }));
  }

  async #sumUpDay(unit: DayUnit, day: string, version: number): Promise<void> {
    const { store, placement } = this.#options;
    const { database } = placement;
    const parts = [
      ...Object.entries(SUMMED_PARTS),
      ['devices', deviceParts('uniqCombined64If')],
      ['consumptions', CONSUMPTION_PARTS],
    ] as const;
    for (const { name, columns } of GRAINS) {
      const title = columns.includes('content_id') ? 'max(s.title)' : "''";
      const grouped = columns.map((column) => `s.${column}`).join(', ');
      await store.exec(
        `INSERT INTO ${database}.days
           (unit, grain, day, version, ${columns.join(', ')}, title, ${parts.map(([part]) => part).join(', ')})
         SELECT {unit:String}, '${name}', {day:Date}, ${version}, ${grouped}, ${title},
           ${parts.map(([, part]) => part).join(', ')}
         FROM ${database}.sessions AS s FINAL
         WHERE s.started_at >= toDateTime({day:Date}, {zone:String})
           AND s.started_at < toDateTime({day:Date} + 1, {zone:String}) AND ${tenantsOf(unit)}
         GROUP BY ${grouped} ${SETTINGS}`,
        { unit: unit.name, day, zone: unit.timeZone, tenants: unit.tenants ?? [] },
      );
    }
    await store.insert({
      table: `${database}.closed_days`,
      columns: ['unit', 'day', 'version'],
      lines: Buffer.from(`${JSON.stringify([unit.name, day, version])}\n`),
    });
  }

  /** What the store's clock says: a row that it stores later is not in sums of this version. */
  async #clock(): Promise<number> {
    const { rows } = await this.#options.store.query('SELECT toUnixTimestamp64Milli(now64(3))', {}, LIMITS);
    return Number(rows[0]?.[0]);
  }

  /** Sums that were read by nobody but a query that is long over. */
  async #forgetReplaced(): Promise<void> {
    const { store, placement } = this.#options;
    for (const { unit, day, version } of this.#replaced.splice(0)) {
      const condition = 'unit = {unit:String} AND day = {day:Date} AND version <= {version:UInt64}';
      await erase(store, placement, 'days', condition, { unit, day, version });
    }
  }
}

function tenantsOf({ tenants }: DayUnit): string {
  return tenants === null ? '1' : 's.tenant IN {tenants:Array(String)}';
}
