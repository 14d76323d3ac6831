/** Ranges kept apart; a client that fetches in more pieces than this has its nearest ones joined. */
const MAX_RANGES = 64;

/**
 * The bytes of one object that were delivered, each once: what overlaps is united, not added (semantics.md section 7).
 * The order of adding and how a range was split change nothing.
 */
export class ByteRanges {
  /** [first, end) of each range, ascending, apart from each other. */
  #ranges: (readonly [first: number, end: number])[] = [];

  /** Adds `length` bytes from `first` on. What is not a range adds nothing. */
  add(first: number, length: number): void {
    if (!(first >= 0) || !(length > 0) || !Number.isFinite(first + length)) return;
    let begin = first;
    let end = first + length;
    const apart = this.#ranges.filter(([otherBegin, otherEnd]) => {
      if (otherEnd < begin || otherBegin > end) return true;
      begin = Math.min(begin, otherBegin);
      end = Math.max(end, otherEnd);
      return false;
    });
    apart.push([begin, end]);
    apart.sort(([a], [b]) => a - b);
    this.#ranges = apart.length > MAX_RANGES ? joinNearest(apart) : apart;
  }

  get ranges(): readonly (readonly [first: number, end: number])[] {
    return this.#ranges;
  }

  get bytes(): number {
    return this.#ranges.reduce((sum, [first, end]) => sum + end - first, 0);
  }
}

/** Two neighbours less: the gap that is lost is the smallest. */
function joinNearest(ranges: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  let nearest = 1;
  const gap = (i: number) => (ranges[i]?.[0] ?? 0) - (ranges[i - 1]?.[1] ?? 0);
  for (let i = 2; i < ranges.length; i++) if (gap(i) < gap(nearest)) nearest = i;
  const joined = [ranges[nearest - 1]?.[0] ?? 0, ranges[nearest]?.[1] ?? 0] as const;
  return [...ranges.slice(0, nearest - 1), joined, ...ranges.slice(nearest + 1)];
}
