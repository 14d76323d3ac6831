/** Whose numbers lie side by side in one array, not in a box on the heap each, as fields of an object do. */
type Numbered = { readonly numbers: number[] };

/**
 * Lets the instances of a class read and write `numbers[i]` under the i-th name.
 * HOT PATH: a report has thirty numbers, and those that wait or were recorded are most of what the heap holds.
 */
export function keepInNumbers(prototype: Numbered, names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    Object.defineProperty(prototype, name, {
      get(this: Numbered): number {
        return this.numbers[index] as number;
      },
      set(this: Numbered, value: number) {
        this.numbers[index] = value;
      },
      enumerable: true,
    });
  }
}

/** Copies all numbers of one instance to another of its class. HOT PATH. */
export function copyNumbers(from: readonly number[], to: number[]): void {
  for (let i = 0; i < from.length; i++) to[i] = from[i] as number;
}

/** Absent numbers but for the defaults. Pushed one by one: an array made otherwise is slower, as V8 expects holes in it. */
export function blankNumbers(names: readonly string[], defaults: Readonly<Record<string, number>>): readonly number[] {
  const blank: number[] = [];
  for (const name of names) blank.push(defaults[name] ?? Number.NaN);
  return blank;
}
