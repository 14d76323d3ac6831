/** Cost of calling two reports one request; Infinity forbids it. */
export type PairCost = (left: number, right: number) => number;

/** Above this many cells the table is not worth its time; the nearest in time is taken instead. */
const TABLE_LIMIT = 64 * 64;

/**
 * Pairs two lists of reports of one URL, both in time order, so that order is kept, as many as possible are paired
 * and, among those, the sum of costs is least. Returns, for each left index, the right index or -1.
 */
export function alignInOrder(leftCount: number, rightCount: number, cost: PairCost): Int32Array {
  const pairs = new Int32Array(leftCount).fill(-1);
  if (leftCount === 0 || rightCount === 0) return pairs;
  if (leftCount * rightCount > TABLE_LIMIT) return nearest(leftCount, rightCount, cost, pairs);
  const width = rightCount + 1;
  const best = new Float64Array((leftCount + 1) * width);
  // A pair is worth more than any sum of costs, so the longest alignment wins first.
  const reward = 1e12;
  for (let l = leftCount - 1; l >= 0; l--) {
    for (let r = rightCount - 1; r >= 0; r--) {
      const skip = Math.max(best[(l + 1) * width + r] as number, best[l * width + r + 1] as number);
      const price = cost(l, r);
      const take = price < Number.POSITIVE_INFINITY ? reward - price + (best[(l + 1) * width + r + 1] as number) : -1;
      best[l * width + r] = Math.max(skip, take);
    }
  }
  let l = 0;
  let r = 0;
  while (l < leftCount && r < rightCount) {
    const here = best[l * width + r] as number;
    const price = cost(l, r);
    if (price < Number.POSITIVE_INFINITY && here === reward - price + (best[(l + 1) * width + r + 1] as number)) {
      pairs[l++] = r++;
    } else if (here === (best[(l + 1) * width + r] as number)) l++;
    else r++;
  }
  return pairs;
}

function nearest(leftCount: number, rightCount: number, cost: PairCost, pairs: Int32Array): Int32Array {
  let from = 0;
  for (let l = 0; l < leftCount; l++) {
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let r = from; r < rightCount && r < from + 64; r++) {
      const price = cost(l, r);
      if (price < least) {
        least = price;
        chosen = r;
      }
    }
    pairs[l] = chosen;
    if (chosen >= 0) from = chosen + 1;
  }
  return pairs;
}
