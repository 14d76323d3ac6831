import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { type CpuProfile, secondsByStage } from './load/cpu-profile.ts';
import { type CpuTime, measure, measureOnOneCore } from './load/cpu-time.ts';
import { generateLoad } from './load/generate.ts';
import { busyness } from './load/machine.ts';
import { OtlpSink } from './load/otlp-sink.ts';
import { keepResult } from './load/result-page.ts';

// Question: what does each stage of the hot path cost a line, beside the least that can be done to the same file?

/** The lines are the beginning of this hour: sessions are as dense as in `end-to-end`. */
const HOURLY = 2_000_000;
const FOLDER = dirname(fileURLToPath(import.meta.url));
const ROOT = join(FOLDER, '..', '..');
const COLLECTOR = `${join(ROOT, 'collector')}/`;

/** In the order of the data. What lies deeper in a folder of another stage is that one's. */
const STAGES: readonly { readonly name: string; readonly does: string; readonly folders: readonly string[] }[] = [
  { name: 'read', does: 'blocks of the file, lines in them, record time', folders: ['receivers', 'replay'] },
  { name: 'decode', does: 'bytes to a filled report', folders: ['formats', 'privacy', 'enrich'] },
  {
    name: 'join',
    does: 'whose line it is, and of which request',
    folders: ['pipeline.ts', 'correlate/sessions', 'correlate/join', 'correlate/correlator.ts'],
  },
  { name: 'sessions', does: 'playing, stalls, incidents, verdicts', folders: ['correlate'] },
  { name: 'metrics', does: 'counters and histograms, their text', folders: ['metrics', 'wiring'] },
  { name: 'audience', does: 'starts, streams, downloads', folders: ['audience'] },
  { name: 'traces', does: 'spans of what the recorder keeps', folders: ['traces'] },
  { name: 'export', does: 'OTLP over HTTP, sessions as JSON', folders: ['exporters'] },
  { name: 'GC', does: 'of all of it, on the main thread', folders: [] },
  { name: 'other', does: 'start of the process, the event loop, compiling', folders: [] },
];

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '500000' },
    detail: { type: 'string', default: 'recorder' },
    folder: { type: 'string', default: join(ROOT, '.cache/bench') },
    keep: { type: 'boolean', default: false },
  },
});
const lines = Number(values.lines);
const { cloudFront } = generateLoad(lines, Math.max(lines, HOURLY), values.folder);
const packed = await gzipped(cloudFront);
const stageOfFile = stageFinder();
const before = busyness();

const out = join(values.folder, 'out');
const sink = await OtlpSink.start();
try {
  const environment = { PLAYPATH_EXPORT_OTLP_ENDPOINT: sink.endpoint, PLAYPATH_EXPORT_OTLP_COMPRESSION: 'none' };
  const limit = measureOnOneCore([process.execPath, join(FOLDER, 'load/split-lines.ts'), packed]);
  const whole = measureOnOneCore(replayOf(packed), environment);
  const free = measure(replayOf(packed), environment);
  const seconds = profiled(environment);
  show(limit, whole, free, seconds);
} finally {
  sink.close();
}

function replayOf(file: string, ...flags: readonly string[]): readonly string[] {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const main = join(ROOT, 'collector/main.ts');
  const source = `${file}=cloudfront-standard:edge:cloudfront`;
  return [process.execPath, ...flags, main, 'replay', '--source', source, '--out', out, '--detail', values.detail];
}

/** Seconds of the main thread by stage. Its shares are what counts: watching it makes it slower. */
function profiled(environment: Readonly<Record<string, string>>): Map<string, number> {
  const profiles = join(out, 'profiles');
  measureOnOneCore(replayOf(packed, '--cpu-prof', `--cpu-prof-dir=${profiles}`), environment);
  const [file = ''] = readdirSync(profiles);
  const profile = JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile;
  return secondsByStage(profile, ({ functionName, url }) => {
    if (functionName === '(garbage collector)') return 'GC';
    const path = url.startsWith('file:') ? fileURLToPath(url) : '';
    return path.startsWith(COLLECTOR) ? stageOfFile(path.slice(COLLECTOR.length)) : '';
  });
}

/** The stage of a file of collector/, '' for those that only hand on or belong to all. */
function stageFinder(): (path: string) => string {
  const places = STAGES.flatMap(({ name, folders }) => folders.map((folder) => [folder, name] as const));
  const gone = places.filter(([folder]) => !existsSync(join(COLLECTOR, folder)));
  if (gone.length > 0) throw new Error(`collector/ has no ${gone.map(([folder]) => folder).join(', ')} any more`);
  const deepest = places.toSorted(([a], [b]) => b.length - a.length);
  return (path) => deepest.find(([folder]) => path === folder || path.startsWith(`${folder}/`))?.[1] ?? '';
}

function show(limit: CpuTime, whole: CpuTime, free: CpuTime, seconds: ReadonlyMap<string, number>): void {
  const watched = [...seconds.values()].reduce((sum, value) => sum + value, 0);
  const total = micros(cpu(whole));
  const rows = STAGES.map(({ name, does }) => {
    const share = (seconds.get(name) ?? 0) / watched;
    return { name, does, share, micros: share * total };
  });
  const table = [
    `${lines.toLocaleString('en')} CloudFront lines with CMCD as gzip, \`--detail ${values.detail}\`, spans over OTLP to a local sink.`,
    'The cost of all is that of a process nobody watches, pinned to one core; the shares are those of a profile of its main thread.',
    '',
    '| stage | µs a line | share |',
    '|---|---:|---:|',
    ...rows.map((row) => `| ${row.name}: ${row.does} | ${row.micros.toFixed(2)} | ${percent(row.share)} |`),
    `| **all** | **${total.toFixed(2)}** | |`,
    `| the least possible: gunzip and split the same file | ${micros(cpu(limit)).toFixed(2)} | ${percent(cpu(limit) / cpu(whole))} |`,
    '',
    `On one core ${perSecond(cpu(whole))} lines per CPU second; the least possible would be ${perSecond(cpu(limit))}.`,
    `With all cores ${perSecond(free.wallSeconds)} lines a second, ${(cpu(free) / free.wallSeconds).toFixed(2)} cores busy.`,
  ];
  console.log(table.join('\n'));
  if (values.keep) {
    const figures = { lines, detail: values.detail, limit, whole, free, stages: rows };
    keepResult(values.detail === 'full' ? 'stages-full' : 'stages', 'The hot path by stage', before, table, figures);
  }
}

function cpu({ userSeconds, systemSeconds }: CpuTime): number {
  return userSeconds + systemSeconds;
}

function micros(seconds: number): number {
  return (seconds * 1e6) / lines;
}

function perSecond(seconds: number): string {
  return Math.round(lines / seconds).toLocaleString('en');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

async function gzipped(path: string): Promise<string> {
  const to = `${path}.gz`;
  if (existsSync(to)) return to;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(`${to}.part`));
  // A file that was cut short must not be taken for the load.
  renameSync(`${to}.part`, to);
  return to;
}
