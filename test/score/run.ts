import { parseArgs } from 'node:util';
import { confusionTable } from './confusion.ts';
import { figuresOf } from './figures.ts';
import { type PublishedSet, publishable, writePublished } from './published.ts';
import { CI_RUNS, CI_SEEDS, HELD_OUT_SEEDS, SCORE_RUNS, type ScoreRun, scoreRun } from './score-runs.ts';
import { Tally } from './tally.ts';

/** `npm run score`: how right the pipeline is about fleets whose truth is known. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: HELD_OUT_SEEDS.join(',') },
    scenarios: { type: 'string', default: '' },
    each: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
  },
});
const seeds = values.seeds.split(',').map(Number);
const wanted = new Set(values.scenarios.split(',').filter((name) => name !== ''));
const runs = SCORE_RUNS.filter(({ scenario }) => wanted.size === 0 || wanted.has(scenario));

const total = await score(runs, seeds);
print(`seeds ${seeds.join(', ')}`, total);
console.table(calibration(total));
if (values.publish) {
  const ci = await score(CI_RUNS, CI_SEEDS);
  writePublished({ full: published(runs, seeds, total), ci: published(CI_RUNS, CI_SEEDS, ci) });
}

async function score(of: readonly ScoreRun[], with_: readonly number[]): Promise<Tally> {
  const sum = new Tally();
  for (const run of of) {
    const own = new Tally();
    for (const seed of with_) own.merge(await scoreRun(run, seed));
    if (values.each) print(run.scenario, own);
    sum.merge(own);
  }
  return sum;
}

function print(title: string, tally: Tally): void {
  console.log(`\n${title}`);
  console.table(Object.fromEntries([...figuresOf(tally)].map(([name, value]) => [name, Number(value.toFixed(4))])));
  console.log('true causes (rows) and verdicts (columns)');
  console.table(confusionTable(tally));
}

/** Verdicts by the confidence they were given with. */
function calibration(tally: Tally): Record<string, { given: number; right: number }> {
  const given = [...tally.under('confidence')].filter(([key]) => key.endsWith('/given')).sort();
  return Object.fromEntries(
    given.map(([key, count]) => {
      const confidence = key.slice(0, key.indexOf('/'));
      return [confidence, { given: count, right: tally.of(`confidence/${confidence}/right`) }];
    }),
  );
}

function published(of: readonly ScoreRun[], with_: readonly number[], tally: Tally): PublishedSet {
  return {
    seeds: with_,
    scenarios: of.map(({ scenario }) => scenario),
    figures: publishable(figuresOf(tally)),
  };
}
