import { beforeAll, expect, test } from 'vitest';
import { type Figures, figuresOf, isError } from './figures.ts';
import { readPublished } from './published.ts';
import { CI_RUNS, CI_SEEDS, scoreRun } from './score-runs.ts';
import { Tally } from './tally.ts';

const { ci } = readPublished();
/** One incident more or less, in a score of few. */
const SLACK = 0.005;
const TIMEOUT_MS = 240_000;
let figures: Figures;

beforeAll(async () => {
  const tally = new Tally();
  for (const seed of CI_SEEDS) for (const run of CI_RUNS) tally.merge(await scoreRun(run, seed));
  figures = figuresOf(tally);
}, TIMEOUT_MS);

test('the published figures are of these seeds and scenarios', () => {
  expect(ci.seeds).toEqual(CI_SEEDS);
  expect(ci.scenarios).toEqual(CI_RUNS.map(({ scenario }) => scenario));
});

test.each(Object.entries(ci.figures))('%s is no worse than published (%d)', (name, published) => {
  const value = figures.get(name) ?? Number.NaN;
  if (isError(name)) expect(value).toBeLessThanOrEqual(published + SLACK);
  else expect(value).toBeGreaterThanOrEqual(published - SLACK);
});
