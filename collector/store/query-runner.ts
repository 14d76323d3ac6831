import type { NamedQuery } from './named-query.ts';
import { type PlanContext, planQuery } from './query-plan.ts';
import type { QueryLimits, Store, StoreAnswer } from './store.ts';

export type QueryRunnerOptions = {
  readonly store: Pick<Store, 'query'>;
  readonly limits: QueryLimits;
  /** Queries at once, and how many more may wait. */
  readonly concurrent: number;
  readonly waiting: number;
};

export type QueryResult =
  | { readonly outcome: 'answered'; readonly answer: StoreAnswer }
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
    const planned = planQuery(query, parameters, context);
    if ('problem' in planned) return { outcome: 'wrong', problem: planned.problem };
    if (this.#running >= this.#options.concurrent) {
      if (this.#queue.length >= this.#options.waiting) return { outcome: 'busy' };
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#running++;
    try {
      const { store, limits } = this.#options;
      const statement = query.statement(planned.plan);
      return { outcome: 'answered', answer: await store.query(statement, planned.plan.parameters, limits) };
    } finally {
      this.#running--;
      this.#queue.shift()?.();
    }
  }
}
