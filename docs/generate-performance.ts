import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GeneratedPage } from './generate.ts';

const RESULTS = join(dirname(fileURLToPath(import.meta.url)), '..', 'test', 'bench', 'results');

type EndToEnd = { readonly rows: readonly { readonly name: string; readonly linesPerCpuSecond?: number }[] };
type Times = { readonly userSeconds: number; readonly systemSeconds: number; readonly wallSeconds: number };
type Stages = {
  readonly free: Times;
  readonly stages: readonly { readonly name: string; readonly micros: number }[];
};

function text(): string {
  const endToEnd = read<EndToEnd>('end-to-end');
  const stages = read<Stages>('stages');
  return [
    HEAD,
    '## Goals',
    '',
    '| what | goal | measured | |',
    '|---|---:|---:|---|',
    ...goals(endToEnd, stages).map(({ what, goal, measured, isMet, digits }) => {
      const [aim, value] = [goal, measured].map((number) => inDigits(number, digits));
      return `| ${what} | ${aim} | ${value} | ${isMet ? 'met' : 'not met'} |`;
    }),
    '',
    GOALS_NOTE,
    ...section('What a line costs, by stage', 'stages'),
    '### With every request a span',
    '',
    ...body('stages-full'),
    ...section('Beside other programs', 'end-to-end'),
    reasons(stages),
  ].join('\n');
}

type Goal = {
  readonly what: string;
  readonly goal: number;
  readonly measured: number;
  readonly isMet: boolean;
  readonly digits: number;
};

function goals({ rows }: EndToEnd, { free }: Stages): readonly Goal[] {
  const rate = (name: string): number => rows.find((row) => row.name === name)?.linesPerCpuSecond ?? Number.NaN;
  const least = (what: string, goal: number, measured: number, digits: number): Goal => {
    return { what, goal, measured, isMet: measured >= goal, digits };
  };
  return [
    least('lines per CPU second, traces of the recorder', 250_000, rate('playpath'), 0),
    least('the same, every request a span', 120_000, rate('playpath --detail full'), 0),
    least('times as fast as mtail, which counts', 4, rate('playpath') / rate('mtail'), 2),
    least('times as fast as GoAccess, which counts', 4, rate('playpath') / rate('goaccess'), 2),
    least(
      'cores that `replay` of one gzip file keeps busy',
      2,
      (free.userSeconds + free.systemSeconds) / free.wallSeconds,
      2,
    ),
  ];
}

function section(title: string, name: string): readonly string[] {
  return [`## ${title}`, '', ...body(name)];
}

/** What a benchmark kept, without its title. */
function body(name: string): readonly string[] {
  return readFileSync(join(RESULTS, `${name}.md`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(2)
    .concat('', `\`npm run bench -- ${BENCH[name] ?? name}\` measures it again.`, '');
}

const BENCH: Readonly<Record<string, string>> = {
  stages: 'stages --keep',
  'stages-full': 'stages --detail full --keep',
  'end-to-end': 'end-to-end --write',
};

function read<Kept>(name: string): Kept {
  return JSON.parse(readFileSync(join(RESULTS, `${name}.json`), 'utf8')) as Kept;
}

function inDigits(number: number, digits: number): string {
  return number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const HEAD = `<!-- Made by docs/generate-performance.ts from test/bench/results. Do not edit. -->
# Performance

What a log line costs on its way from bytes to exported spans, what it shall cost, and why it does not yet. Every figure
is from a benchmark in \`test/bench\`, with the machine it ran on; tables of different machines do not compare.
`;

const GOALS_NOTE = `Live ingest over HTTP has goals and figures of its own: [results](../test/bench/results/ingest.md). 150,000 events a
second are reached by events of players, not by CDN lines. And that benchmark ends before its sessions settle, two minutes
after their lines: it says what is taken in, not what one reader of the journal can keep up with for hours. A trial on a
busy machine that let sessions settle after a second had a fourth of the lines per CPU second.
Whether many sessions make a line dearer is asked by \`npm run bench -- sessions\`, goal: within 25 % from 10,000 to a
million. No result is kept yet: with a million viewers it runs out of Node's default heap of 4 GiB, and with a larger one
it had not ended after two minutes. So a million sessions at a time is not reached.
How correlation keeps to the rules of the hot path is in [ARCHITECTURE.md](../ARCHITECTURE.md#the-hot-path).
`;

function reasons({ stages }: Stages): string {
  const cost = (...names: readonly string[]): string =>
    inDigits(
      stages.filter(({ name }) => names.includes(name)).reduce((sum, { micros }) => sum + micros, 0),
      1,
    );
  return `## Why it is not faster

The goal of 250,000 lines a second leaves 4 µs for a line. Decoding alone takes ${cost('decode')} µs, and finding its session and
request ${cost('join')} µs; what is known of playing, stalls and causes ${cost('sessions')} µs, collecting garbage ${cost('GC')} µs. No single place stands
out: the costliest function has a few per cent. Two things seem to lie behind much of it.

**Lines wait.** A line is settled when no other half of it can come any more, minutes of traffic later. The functions
that lead the profile are those that look at something again then: the row (\`RowStore.read\`), the path for the number of
its segment (\`segmentOf\`), the session's lists. That is what reading from memory instead of a cache looks like.

**What is young is still needed.** The path and the request id of a line live as long as its row; sessions, and what verdicts
gather around an incident, live on as well. \`--trace-gc-nvp\` shows that nearly all of the collector's time goes into copying
such things, about a kilobyte a line. Settled requests are no longer among them: they stay rows, which took a third off the
memory of a session and nothing that could be measured off the time of a line.

\`replay\` reads and unpacks beside correlation, and the collector's helpers use another core too; correlation is one thread.

## What would make it faster

1. **Text by place.** A row keeps where its request id and path stand in a block of bytes that is kept as long as the
   row; a string is made for spans that are exported, and for the few rows that are joined by text.
2. **The segment known at decoding.** Its number and the form of its name are read while the path is in the cache, and
   kept in the row as two numbers. Nobody reads the path again.
3. **Spans out of rows.** An edge span is written from its row into the protobuf batch, with each distinct value of an
   attribute encoded once.
4. **A session in one row of numbers.** What its thirty objects hold is numbers mostly, many of them boxed. In one row they
   would be read and written together, and could be written down as the session's state.
5. **A worker for each share of the sessions.** One thread reads, unpacks and finds each line's session; blocks of lines go to
   workers, each with a decoder and a pipeline of its own, whose counters are added up at the end. In the way is what sessions
   learn of each other (\`ContentMemory\`, \`RecentDelivery\`, \`CdnHosts\`): today it is one memory of all partitions, read in the
   order of lines. It has to become a function of time alone, sent to all workers, or results depend on how many there are.

The first four should be worth more than their share of the profile, because they save cache misses and garbage in stages
that are not theirs. The fifth multiplies what the others leave by the number of cores. None of them is built.
`;
}

export const page: GeneratedPage = { file: 'performance.md', text };
