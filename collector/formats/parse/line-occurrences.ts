const SMALLEST = 1_024;
const LARGEST = 65_536;

/**
 * How often each line occurred so far in its delivery. Bounded: after 65,536 different lines it forgets them all and
 * starts again, which does little harm because equal lines stand close together in a log.
 */
export class LineOccurrences {
  #mask = SMALLEST * 2 - 1;
  #keys = new Int32Array(0);
  #counts = new Int32Array(0);
  #size = 0;

  /** 0 for the first line of this hash, then 1, 2, … `high` is never 0. */
  next(high: number, low: number): number {
    if (this.#keys.length === 0) this.#resize(SMALLEST * 2);
    const place = this.#find(high, low);
    if (this.#keys[place * 2] !== 0) return ++this.#counts[place]!;
    this.#keys[place * 2] = high;
    this.#keys[place * 2 + 1] = low;
    this.#counts[place] = 0;
    this.#size++;
    if (this.#size > LARGEST) this.clear();
    else if (this.#size * 2 > this.#mask) this.#grow();
    return 0;
  }

  clear(): void {
    if (this.#size === 0) return;
    this.#keys.fill(0);
    this.#size = 0;
  }

  #find(high: number, low: number): number {
    let place = low & this.#mask;
    while (this.#keys[place * 2] !== 0) {
      if (this.#keys[place * 2] === high && this.#keys[place * 2 + 1] === low) return place;
      place = (place + 1) & this.#mask;
    }
    return place;
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#resize((this.#mask + 1) * 2);
    for (let old = 0; old < counts.length; old++) {
      if (keys[old * 2] === 0) continue;
      const place = this.#find(keys[old * 2]!, keys[old * 2 + 1]!);
      this.#keys[place * 2] = keys[old * 2]!;
      this.#keys[place * 2 + 1] = keys[old * 2 + 1]!;
      this.#counts[place] = counts[old]!;
    }
  }

  #resize(places: number): void {
    this.#mask = places - 1;
    this.#keys = new Int32Array(places * 2);
    this.#counts = new Int32Array(places);
  }
}
