// Question: does anything that was acknowledged get lost, or counted twice, when the collector is killed at random?
import { parseArgs } from 'node:util';
import { runCrashes } from '../durability/crash-run.ts';
import { keepResult } from './load/result-page.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const figures = await runCrashes({
  rounds,
  seed: Number(values.seed),
  sessions: Number.POSITIVE_INFINITY,
  segments: 8,
  atOnce: 16,
  pauseMs: 40,
  lifeMs: [100, 1_500],
  hasRows: values.rows,
  print: console.log,
});
console.log(JSON.stringify(figures, null, 2));
if (values.keep) {
  const lines = ['| figure | |', '|---|---|'];
  for (const [name, value] of Object.entries(figures))
    lines.push(`| ${name} | ${Array.isArray(value) ? value.length : value} |`);
  keepResult(
    'crash',
    'A collector killed at random moments under load',
    `kill -9 in ${rounds} rounds, ${values.rows ? 'with the embedded store' : 'without a store'}; senders come again until they are answered.`,
    lines,
    figures,
  );
}
