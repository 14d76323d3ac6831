import { type Outcome } from './outcomes';
import { type Request } from './request';

/** What is hidden, so that an empty filter shows everything and new values show up by themselves. */
export type RequestFilter = {
  readonly cdns: ReadonlySet<string>;
  readonly outcomes: ReadonlySet<Outcome>;
  readonly types: ReadonlySet<string>;
};

export const NO_FILTER: RequestFilter = { cdns: new Set(), outcomes: new Set(), types: new Set() };

export function isShown(filter: RequestFilter, { cdn, outcome, objectType }: Request): boolean {
  return !filter.cdns.has(cdn) && !filter.outcomes.has(outcome) && !filter.types.has(objectType);
}

export function isFiltering({ cdns, outcomes, types }: RequestFilter): boolean {
  return cdns.size + outcomes.size + types.size > 0;
}

/** Hides a shown value or shows a hidden one. */
export function toggled<T>(hidden: ReadonlySet<T>, value: T): ReadonlySet<T> {
  const next = new Set(hidden);
  if (!next.delete(value)) {
    next.add(value);
  }
  return next;
}

/** Grafana's legend: the first click shows only this, the next one everything again. */
export function isolated<T>(hidden: ReadonlySet<T>, value: T, all: readonly T[]): ReadonlySet<T> {
  const others = all.filter((other) => other !== value);
  const isAlone = !hidden.has(value) && others.every((other) => hidden.has(other));
  return isAlone ? new Set() : new Set(others);
}
