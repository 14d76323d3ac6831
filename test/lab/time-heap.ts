/** Things in order of time; equal times leave in the order they came, so that a run never depends on luck. */
export class TimeHeap<T> {
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #items: T[] = [];
  #arrivals = 0;

  get size(): number {
    return this.#times.length;
  }

  /** Infinity when empty. */
  get firstMs(): number {
    return this.#times.length === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  add(timeMs: number, item: T): void {
    let hole = this.#times.length;
    const order = this.#arrivals++;
    this.#times.push(timeMs);
    this.#orders.push(order);
    this.#items.push(item);
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (!this.#precedes(timeMs, order, parent)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#place(hole, timeMs, order, item);
  }

  /** Removes and returns the earliest; undefined when empty. */
  take(): T | undefined {
    const first = this.#items[0];
    const timeMs = this.#times.pop();
    const order = this.#orders.pop();
    const item = this.#items.pop();
    const size = this.#times.length;
    if (size === 0 || timeMs === undefined || order === undefined) return first;
    let hole = 0;
    for (;;) {
      let child = hole * 4 + 1;
      if (child >= size) break;
      const last = Math.min(child + 4, size);
      for (let other = child + 1; other < last; other++) {
        if (this.#precedes(this.#times[other] as number, this.#orders[other] as number, child)) child = other;
      }
      if (this.#precedes(timeMs, order, child)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#place(hole, timeMs, order, item as T);
    return first;
  }

  #precedes(timeMs: number, order: number, other: number): boolean {
    const otherMs = this.#times[other] as number;
    return timeMs < otherMs || (timeMs === otherMs && order < (this.#orders[other] as number));
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#times[from] as number, this.#orders[from] as number, this.#items[from] as T);
  }

  #place(at: number, timeMs: number, order: number, item: T): void {
    this.#times[at] = timeMs;
    this.#orders[at] = order;
    this.#items[at] = item;
  }
}
