import { RequestReport } from '../model/request.ts';

/**
 * Reports lent to the analysis of sessions and given back, so that settling a session allocates none: a report is the
 * largest object of the hot path. Whoever gives one back must be the last to hold it.
 */
export class ReportPool {
  readonly #free: RequestReport[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(): RequestReport {
    return this.#free.pop() ?? new RequestReport();
  }

  give(report: RequestReport): void {
    if (this.#free.length < this.#limit) this.#free.push(report);
  }
}
