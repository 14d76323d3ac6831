import type { JoinedRequest } from '../../model/joined-request.ts';
import { RequestReport } from '../../model/request.ts';
import { LoneRequest } from './lone-request.ts';

/**
 * Reports, and the requests that only an edge reported, lent to the analysis of sessions and given back, so that
 * settling a session allocates neither: they are the largest objects of the hot path and live for minutes. Whoever
 * gives one back must be the last to hold it.
 */
export class RequestPool {
  readonly #reports: RequestReport[] = [];
  readonly #lone: LoneRequest[] = [];
  readonly #limit: number;

  /** `limit`: free ones kept of each. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  report(): RequestReport {
    return this.#reports.pop() ?? new RequestReport();
  }

  giveReport(report: RequestReport): void {
    if (this.#reports.length < this.#limit) this.#reports.push(report);
  }

  /** What the edge alone reported, in the trace `traceId`. */
  lone(edge: RequestReport, traceId: string): JoinedRequest {
    const request = this.#lone.pop() ?? new LoneRequest();
    request.fill(edge, traceId);
    return request;
  }

  /** Nobody looks at the request any more, nor at the reports of its servers. */
  give(request: JoinedRequest): void {
    const { edge, shield, origin } = request;
    if (edge) this.giveReport(edge.report);
    if (shield) this.giveReport(shield.report);
    if (origin) this.giveReport(origin.report);
    if (request instanceof LoneRequest && this.#lone.length < this.#limit) this.#lone.push(request);
  }
}
