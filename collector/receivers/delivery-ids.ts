/**
 * Ids of deliveries that were stored, so that one sent again counts once. Bounded: the oldest is forgotten, and what
 * comes again after that is caught record by record further on.
 */
export class DeliveryIds {
  readonly #limit: number;
  readonly #ids = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Call when the delivery is safe, never before. */
  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#limit) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}
