import type { JoinedRequest, ServerHalf } from '../model/joined-request.ts';
import type { RequestReport } from '../model/request.ts';
import type { Families } from './families.ts';
import type { ValueFamily } from './family.ts';
import type { LabelSpace } from './label-space.ts';
import { JOIN_METHOD } from './labels.ts';

/** How halves of requests found each other. */
export class JoinMetrics {
  readonly #space: LabelSpace;
  readonly #joins: ValueFamily;
  readonly #unjoined: ValueFamily;

  constructor(families: Families) {
    this.#space = families.space;
    this.#joins = families.counter('playpath_joins_total');
    this.#unjoined = families.counter('playpath_unjoined_total');
  }

  request(request: JoinedRequest): void {
    this.#join(request.edge);
    this.#join(request.shield);
    this.#join(request.origin);
  }

  unjoined(report: RequestReport): void {
    this.#unjoined.add(this.#space.emitter(report.source.emitter, report.source.tier), 1);
  }

  /** An outermost half has nothing below it: it is not joined and not missing. */
  #join(half: ServerHalf | null): void {
    if (half !== null && half.joinMethod !== '')
      this.#joins.add(this.#space.column(JOIN_METHOD).id(half.joinMethod), 1);
  }
}
