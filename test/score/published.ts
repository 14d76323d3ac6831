import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Figures, isError } from './figures.ts';

/** Figures somebody vouched for: of the whole score, and of the few short runs that CI repeats. */
export type Published = { readonly full: PublishedSet; readonly ci: PublishedSet };
export type PublishedSet = {
  readonly seeds: readonly number[];
  readonly scenarios: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
};

const FILE = fileURLToPath(new URL('published.json', import.meta.url));
/** Shares are published to a tenth of a percent. */
const STEP = 0.001;

export function readPublished(): Published {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Published;
}

/** `npm run format` brings it into shape. */
export function writePublished(published: Published): void {
  writeFileSync(FILE, `${JSON.stringify(published, null, 2)}\n`);
}

/** Rounded to the worse side; what nothing was known of is left out. */
export function publishable(figures: Figures): Record<string, number> {
  const rounded = [...figures]
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => {
      const steps = isError(name) ? Math.ceil(value / STEP - 1e-6) : Math.floor(value / STEP + 1e-6);
      return [name, Number((steps * STEP).toFixed(3))] as const;
    });
  return Object.fromEntries(rounded);
}
