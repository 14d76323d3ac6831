import type { ClosedDays } from './day-sums.ts';
import type { NamedQuery, QueryPlan } from './named-query.ts';
import { type PlanContext, planQuery, tenantsOf, zoneOf } from './query-plan.ts';
import type { QueryLimits, Store, StoreAnswer } from './store.ts';

export type QueryRunnerOptions = {
  readonly store: Pick<Store, 'query'>;
  /** Days whose sums can be read, for a time zone and tenants (null: everybody). */
  readonly closedDays?: (timeZone: string, tenants: readonly string[] | null) => Promise<ClosedDays | null>;
  readonly limits: QueryLimits;
  /** Queries at once, and how many more may wait. */
  readonly concurrent: number;
  readonly waiting: number;
};

export type QueryResult =
  | { readonly outcome: 'answered'; readonly answer: StoreAnswer; readonly plan: QueryPlan }
  /** The parameters do not fit. */
  | { readonly outcome: 'wrong'; readonly problem: string }
  /** Too many queries wait already. */
  | { readonly outcome: 'busy' };

/** Runs named queries, a few at a time: analysts must not slow down each other or the inserts. */
export class QueryRunner {
  readonly #options: QueryRunnerOptions;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(options: QueryRunnerOptions) {
    this.#options = options;
  }

  get maxRows(): number {
    return this.#options.limits.rows;
  }

  /** @throws PlaypathError `store_limit` when it wants too much, `store_unavailable` when the store is down */
  async run(query: NamedQuery, parameters: URLSearchParams, context: PlanContext): Promise<QueryResult> {
    const checked = planQuery(query, parameters, context);
    if ('problem' in checked) return { outcome: 'wrong', problem: checked.problem };
    if (this.#running >= this.#options.concurrent) {
      if (this.#queue.length >= this.#options.waiting) return { outcome: 'busy' };
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#running++;
    try {
      const { store, limits } = this.#options;
      const plan = await this.#withDays(query, parameters, context, checked.plan);
      const answer = await store.query(query.statement(plan), plan.parameters, limits);
      return { outcome: 'answered', answer, plan };
    } finally {
      this.#running--;
      this.#queue.shift()?.();
    }
  }

  async #withDays(
    query: NamedQuery,
    parameters: URLSearchParams,
    context: PlanContext,
    checked: QueryPlan,
  ): Promise<QueryPlan> {
    const { closedDays } = this.#options;
    if (!query.countsAudience || !closedDays) return checked;
    return { ...checked, closedDays: await closedDays(zoneOf(parameters, context), tenantsOf(parameters, context)) };
  }
}
