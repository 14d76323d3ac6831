import { parseArgs } from 'node:util';
import { confusionTable } from './confusion.ts';
import { figuresOf } from './figures.ts';
import { HELD_OUT_SEEDS, SCORE_RUNS, scoreRun } from './score-runs.ts';
import { Tally } from './tally.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: HELD_OUT_SEEDS.join(',') },
    scenarios: { type: 'string', default: '' },
    each: { type: 'boolean', default: false },
  },
});
const seeds = values.seeds.split(',').map(Number);
const wanted = values.scenarios.split(',').filter((name) => name !== '');
const total = new Tally();
for (const run of SCORE_RUNS) {
  if (wanted.length > 0 && !wanted.includes(run.scenario)) continue;
  const own = new Tally();
  for (const seed of seeds) own.merge(await scoreRun(run, seed));
  total.merge(own);
  if (values.each) {
    console.log(`\n${run.scenario}`);
    console.table(Object.fromEntries(figuresOf(own)));
    console.table(confusionTable(own));
  }
}
console.log(`\nseeds ${seeds.join(', ')}`);
console.table(Object.fromEntries([...figuresOf(total)].map(([name, value]) => [name, Math.round(value * 1e4) / 1e4])));
console.table(confusionTable(total));
for (const kind of ['stall', 'quality_collapse', 'startup_failure', 'playback_failure', 'failover']) {
  console.log(kind, Object.fromEntries(total.under(`incident/${kind}`)));
  console.table(confusionTable(total, `kind/${kind}`));
}
console.table(Object.fromEntries([...total.under('confidence')].sort().map(([key, value]) => [key, value])));
