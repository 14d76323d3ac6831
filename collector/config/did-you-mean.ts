/** The candidate a person most likely meant, as ` Did you mean "x"?`, or '' when nothing is close. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  let best = '';
  // A third of the letters may be wrong; beyond that a suggestion is noise.
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase());
    // The word itself can be a candidate: known elsewhere, wrong here.
    if (distance < bestDistance && candidate !== word) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === '' ? '' : ` Did you mean "${best}"?`;
}

/** A beginning of at least three letters is as good as one slip: `form` is `format`. */
function distanceOf(word: string, candidate: string): number {
  return word.length > 2 && candidate.startsWith(word) ? 1 : editDistance(word, candidate);
}

/** Optimal string alignment: insert, delete, replace, and swap of neighbours each cost one. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 20 || a.length > 100) return Number.POSITIVE_INFINITY;
  const width = b.length + 1;
  const cost = new Uint16Array((a.length + 1) * width);
  for (let i = 0; i <= a.length; i++) cost[i * width] = i;
  for (let j = 0; j <= b.length; j++) cost[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replace = (cost[(i - 1) * width + j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replace, (cost[(i - 1) * width + j] ?? 0) + 1, (cost[i * width + j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (cost[(i - 2) * width + j - 2] ?? 0) + 1);
      }
      cost[i * width + j] = least;
    }
  }
  return cost[a.length * width + b.length] ?? 0;
}
