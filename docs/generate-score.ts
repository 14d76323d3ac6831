import { isError } from '../test/score/figures.ts';
import { readPublished } from '../test/score/published.ts';
import type { GeneratedPage } from './generate.ts';

const GOALS: Readonly<Record<string, string>> = {
  'verdict accuracy': '≥ 95 %',
  'verdicts given with 0.8 or more that are right': '≥ 95 %',
  'failover precision': '≥ 99 %',
  'failover recall': '≥ 99 %',
  'rebuffer ratio error, with player data': '≤ 2 %',
  'rebuffer ratio error, server only': '≤ 15 %',
  'concurrent viewers error': '≤ 1 %',
};
const CAUSE_GOAL = '≥ 85 %';

function text(): string {
  const { full } = readPublished();
  const rows = Object.entries(full.figures).map(([name, value]) => {
    const goal = GOALS[name] ?? (name.startsWith('verdict accuracy,') ? CAUSE_GOAL : '');
    return `| ${name} | ${percent(value)} | ${goal === '' ? '' : isMet(name, value, goal) ? `${goal}, met` : `${goal}, not met`} |`;
  });
  return `${HEAD}
Seeds ${full.seeds.join(', ')}; scenarios ${full.scenarios.join(', ')}.

| figure | value | goal |
|---|---|---|
${rows.join('\n')}
`;
}

const HEAD = `<!-- Made by docs/generate-score.ts. Do not edit. -->
# How right it is

\`npm run score\` lets the whole pipeline listen to simulated fleets whose truth is known ([lab.md](lab.md)), on seeds
that nothing was developed on, and counts what it got right. \`npm run score -- --seeds 1,2,3\` takes other seeds,
\`--scenarios mixed,hard\` some scenarios, \`--each\` prints every scenario by itself, \`--publish\` writes the figures
below. CI repeats a few short runs and fails when a figure falls.

Precision is the share of what was told that is true, recall the share of what is true that was told. Verdict accuracy
is the share of incidents that were found whose cause is the true one; one that was left without a cause counts as
wrong there, and is left out in the line below it. The true cause is what took most of the lost time, which the lab
knows to the millisecond ([lab.md](lab.md#4-the-truth)); mixed causes of like size stay in. A wait after a jump that
nothing delayed has none, and is counted by itself. A fleet verdict is right when a fault of its cause was injected and
truly struck that part at least twice as often as the rest; to be found are the faults that somebody injected at one
site, CDN, title or country with thirty sessions or more, five of them hit, and *first* is the first one told of that
cause. Errors are relative, and better when smaller: of the rebuffer ratio over all viewers, of the mean startup time, of concurrent viewers over the run and at a moment.

Who can know what differs, so rebuffering is given by voice, too. Players that say their states are held to 2 %. Of the
others the requests alone tell when they waited. Viewing time from requests is the media that was fetched, less what the
buffer held when somebody left. Where nobody got any further in a title it counts as watched to its end, which makes the
time too long where titles have few viewers. Half of a sampled log is half of the viewing.

Concurrent viewers and sessions are those of the definition: a session is there until 2.5 heartbeats after its player was
last heard, or three segments after its last one. What is live can be told no better: whoever closes the page without a
word is missed that late, 10 to 25 s, and the shorter an evening's visits are, the more that adds to the *people at their
screens*; the lab's last four minutes in the median. *Once they are over*, sessions are there from their begin to their
end, as the analytics store counts them: an hour ago is known better than now.
`;

function isMet(name: string, value: number, goal: string): boolean {
  const limit = Number(/(\d+)/.exec(goal)?.[1]) / 100;
  return isError(name) ? value <= limit : value >= limit;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export const page: GeneratedPage = { file: 'score.md', text };
