import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CpuTime, findProgram, measureOnOneCore } from './load/cpu-time.ts';
import { generateLoad, type LoadFiles } from './load/generate.ts';
import { type Machine, machine, machineLine } from './load/machine.ts';
import { OtlpSink } from './load/otlp-sink.ts';

// Question: how many CloudFront lines a second does one core turn into sessions, metrics and traces, beside mtail and GoAccess counting the same requests?

type Contender = {
  readonly name: string;
  readonly does: string;
  readonly command: (load: LoadFiles, out: string) => readonly string[];
  /** Program that must be there. */
  readonly needs: string;
  /** Spans leave over OTLP, uncompressed, to a sink on the other core. */
  readonly exports?: boolean;
};

type Row = { readonly name: string; readonly does: string } & (
  | ({ readonly linesPerCpuSecond: number; readonly linesPerSecond: number } & CpuTime)
  | { readonly skipped: string }
);

type Report = { readonly lines: number; readonly machine: Machine; readonly rows: readonly Row[] };

/** Fewer lines are the beginning of this hour, not an hour with fewer of them: sessions must stay as dense as they are. */
const HOURLY = 2_000_000;

const FOLDER = dirname(fileURLToPath(import.meta.url));
const ROOT = join(FOLDER, '..', '..');

const replay = (detail: 'recorder' | 'full') => (load: LoadFiles, out: string) => [
  process.execPath,
  join(ROOT, 'collector/main.ts'),
  'replay',
  '--source',
  `${load.cloudFront}=cloudfront-standard:edge:cloudfront`,
  '--out',
  out,
  '--detail',
  detail,
];

const CONTENDERS: readonly Contender[] = [
  {
    name: 'playpath',
    does: 'sessions, metrics, traces of the recorder over OTLP to a local sink',
    command: replay('recorder'),
    needs: 'node',
    exports: true,
  },
  {
    name: 'playpath to a file',
    does: 'the same, traces as OTLP/JSON into a file',
    command: replay('recorder'),
    needs: 'node',
  },
  {
    name: 'playpath --detail full',
    does: 'over OTLP, every request a span',
    command: replay('full'),
    needs: 'node',
    exports: true,
  },
  {
    name: 'mtail',
    does: 'counts by method and status, bytes',
    command: ({ combined }) => [
      'mtail',
      '--one_shot',
      '--one_shot_format=prometheus',
      '--logtostderr',
      '--progs',
      join(FOLDER, 'load/nginx.mtail'),
      '--logs',
      combined,
      '--address',
      '127.0.0.1',
      '--port',
      '0',
    ],
    needs: 'mtail',
  },
  {
    name: 'goaccess',
    does: 'counts by path, client, agent, status',
    command: ({ cloudFront }, out) => [
      'goaccess',
      cloudFront,
      '--log-format=CLOUDFRONT',
      '--no-query-string',
      '--no-progress',
      '-o',
      join(out, 'goaccess.json'),
    ],
    needs: 'goaccess',
  },
];

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '2000000' },
    only: { type: 'string', multiple: true, default: [] },
    folder: { type: 'string', default: join(ROOT, '.cache/bench') },
    write: { type: 'boolean', default: false },
  },
});
const lines = Number(values.lines);
if (!Number.isInteger(lines) || lines < 1) throw new RangeError(`--lines must be a whole number, not ${values.lines}`);

console.log(`generating ${lines} lines …`);
const load = generateLoad(lines, Math.max(lines, HOURLY), values.folder);
const chosen = CONTENDERS.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const rows: Row[] = [];
for (const contender of chosen) rows.push(await run(contender));
const report: Report = { lines, machine: machine(), rows };
const markdown = asMarkdown(report);
console.log(`\n${markdown}`);
if (values.write) {
  const results = join(FOLDER, 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, 'end-to-end.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(results, 'end-to-end.md'), markdown);
}

async function run(contender: Contender): Promise<Row> {
  const { name, does, needs } = contender;
  const skip = (skipped: string): Row => {
    console.log(`${name}: skipped, ${skipped}`);
    return { name, does, skipped };
  };
  if (findProgram(needs) === '') return skip(`${needs} is not installed`);
  const out = join(values.folder, 'out');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const sink = contender.exports ? await OtlpSink.start() : null;
  try {
    const environment =
      sink === null ? {} : { PLAYPATH_EXPORT_OTLP_ENDPOINT: sink.endpoint, PLAYPATH_EXPORT_OTLP_COMPRESSION: 'none' };
    const time = measureOnOneCore(contender.command(load, out), environment);
    // A number without its spans would be the number of another question.
    if (sink !== null && (await sink.taken()).requests === 0) return skip('no span reached the sink');
    const cpuSeconds = time.userSeconds + time.systemSeconds;
    console.log(`${name}: ${cpuSeconds.toFixed(1)} CPU seconds, ${time.wallSeconds.toFixed(1)} s`);
    return { name, does, ...time, linesPerCpuSecond: lines / cpuSeconds, linesPerSecond: lines / time.wallSeconds };
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
    return skip('it failed');
  } finally {
    sink?.close();
  }
}

function asMarkdown({ lines: count, machine: where, rows }: Report): string {
  const ours = rows.find((row) => row.name === 'playpath');
  const reference = ours !== undefined && 'linesPerCpuSecond' in ours ? ours.linesPerCpuSecond : Number.NaN;
  return [
    '# End to end on one core',
    '',
    `${count.toLocaleString('en')} CloudFront lines with CMCD, whole process, pinned to one core.`,
    `${machineLine(where)}.`,
    '',
    '| | lines per CPU second | lines per second | user s | system s | playpath is |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows.map((row) => {
      const name = `${row.name}: ${row.does}`;
      if ('skipped' in row) return `| ${name} | skipped: ${row.skipped} | | | | |`;
      const ratio = Number.isNaN(reference) ? '' : `${(reference / row.linesPerCpuSecond).toFixed(2)} ×`;
      const cells = [
        whole(row.linesPerCpuSecond),
        whole(row.linesPerSecond),
        row.userSeconds.toFixed(1),
        row.systemSeconds.toFixed(1),
      ];
      return `| ${[name, ...cells, ratio].join(' | ')} |`;
    }),
    '',
  ].join('\n');
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en');
}
