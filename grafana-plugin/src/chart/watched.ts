import { useSyncExternalStore } from 'react';

/** A value that changes with every move of the pointer: only what watches it is drawn anew, not all around it. */
export class Watched<Value> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  readonly get = (): Value => this.#value;

  readonly set = (next: Value): void => {
    if (!Object.is(next, this.#value)) {
      this.#value = next;
      this.#listeners.forEach((listener) => listener());
    }
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

export function useWatched<Value>({ subscribe, get }: Watched<Value>): Value {
  return useSyncExternalStore(subscribe, get);
}
