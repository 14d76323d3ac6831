import type { During, Period } from './calendar.ts';
import type { ClosedDays } from './day-sums.ts';
import type { TableName } from './dimensions.ts';
import type { StoreParameters } from './store.ts';

/** What a query is told besides the time and the filters. */
export const OPTIONS = {
  group: 'A dimension to group by.',
  interval: 'Length of a step: minute, 5m, 15m, hour, day, week or month; by default what suits the time asked for.',
  limit: 'Rows of the answer at most.',
  order: 'The number to order by, largest first.',
  search: 'Text that a session id, trace id, content id or title contains.',
  id: 'Session id or trace id.',
  content: 'One content id.',
  period: 'day, week or month.',
  date: 'A day in it, `YYYY-MM-DD`, in the time zone of the report; by default the last one that is over.',
} as const;
export type OptionName = keyof typeof OPTIONS;

/** A query with everything its statement needs. Texts from outside are in `parameters` only. */
export type QueryPlan = {
  readonly database: string;
  /** Rows `s` of the caller's tenant, in the time asked for, that the filters let through: follows FROM. */
  readonly rows: string;
  /**
   * The same of other rows, `… AS s`, that fit a condition; what the catalogue says stands beside them where it is grouped
   * by. Further conditions may follow.
   */
  readonly from: (rows: string, condition?: string) => string;
  /** Dimensions that are filtered by. */
  readonly filtered: readonly string[];
  /** Days of the time zone whose sums can be read; null where there are none for whom it is asked. */
  readonly closedDays: ClosedDays | null;
  /** The time asked for, and from as long before it. */
  readonly during: During;
  readonly duringTwice: During;
  /** How long that is, or the period. */
  readonly spanMs: number;
  /** Name of the dimension to group by, and its value in a row `s`. */
  readonly group: string;
  readonly groupValue: string;
  /** Begin of the step a row is in. */
  readonly step: string;
  readonly stepSeconds: number;
  readonly order: string;
  readonly limit: number;
  readonly period: Period;
  /** A day in it. */
  readonly date: string;
  readonly hasSearch: boolean;
  readonly parameters: StoreParameters;
};

/** One question with a name: what is asked of the store from outside is one of these. */
export type NamedQuery = {
  readonly name: string;
  /** One sentence: what it answers. */
  readonly answers: string;
  /** What to know about its numbers; '' for nothing. */
  readonly note: string;
  /** Whose rows it reads. */
  readonly of: TableName;
  /** Its numbers are those of the audience; of closed days it reads their sums. */
  readonly countsAudience?: true;
  readonly takes: readonly OptionName[];
  /** Those of `takes` that must be given. */
  readonly needs: readonly OptionName[];
  readonly group?: string;
  /** Numbers it can be ordered by; the first is the default. */
  readonly orders?: readonly string[];
  readonly statement: (plan: QueryPlan) => string;
};
