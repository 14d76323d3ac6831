import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Audience } from '../../collector/audience/audience.ts';
import { loadConfig, replaySources } from '../../collector/config.ts';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { Pipeline } from '../../collector/pipeline.ts';
import { LineSplitter } from '../../collector/receivers/lines.ts';
import { replayFile } from '../../collector/replay/replay-file.ts';
import { SessionSpans } from '../../collector/traces/session-spans.ts';
import { correlateSettings } from '../../collector/wiring/correlate-settings.ts';
import { FanOut } from '../../collector/wiring/fan-out.ts';
import { wiringOf } from '../../collector/wiring/source-wiring.ts';
import { CLOUDFRONT_HEADER, loadLines } from './load/lines.ts';
import { busyness } from './load/machine.ts';
import { keepResult } from './load/result-page.ts';

// Question: does a line cost more with a million sessions open than with ten thousand?

const COUNTS = [10_000, 100_000, 1_000_000];
/** A viewer asks every 36 seconds, as in the other benchmarks. */
const HOURLY_PER_VIEWER = 100;
/** Of each viewer, on average: every count of viewers is measured over the same mix of new and known sessions. */
const LINES_PER_VIEWER = 2;
/** Few viewers are measured over and over, so that every count has about as much to do. */
const LEAST_LINES = 200_000;
const WARM_LINES = 100_000;
/** A real-time log. */
const LATENESS_MS = 5_000;
const TICK_MS = 1_000;
const BLOCK_LINES = 1_500;
/** What a line costs is asked here, not whether there is room. */
const HEAP = '--max-old-space-size=16384';

type Found = {
  readonly viewers: number;
  readonly open: number;
  readonly micros: number;
  /** Most that the process held, the load's own viewers included. */
  readonly peakMiB: number;
};

const { values } = parseArgs({
  options: { viewers: { type: 'string', default: '' }, keep: { type: 'boolean', default: false } },
});

if (values.viewers === '') compare();
else console.log(JSON.stringify(measure(Number(values.viewers))));

/** Each count in a process of its own: none inherits another's heap. */
function compare(): void {
  const before = busyness();
  const found = COUNTS.map((viewers) => {
    const child = spawnSync(process.execPath, [HEAP, fileURLToPath(import.meta.url), '--viewers', String(viewers)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.status !== 0) throw new Error(`${viewers} viewers: ended with ${child.status}`);
    const row = JSON.parse(child.stdout.toString()) as Found;
    console.log(`${viewers} viewers: ${row.micros.toFixed(2)} µs a line`);
    return row;
  });
  const best = Math.min(...found.map(({ micros }) => micros));
  const table = [
    '| sessions open at the end | lines per CPU second | µs a line | against the least | peak MiB |',
    '|---:|---:|---:|---:|---:|',
    ...found.map(({ open, micros, peakMiB }) => {
      const rate = Math.round(1e6 / micros).toLocaleString('en');
      return `| ${open.toLocaleString('en')} | ${rate} | ${micros.toFixed(2)} | ${(micros / best).toFixed(2)} × | ${peakMiB} |`;
    }),
  ];
  console.log(table.join('\n'));
  const note = `${before} From bytes to spans that go nowhere, two lines a viewer: half of all lines open a session.`;
  if (values.keep) keepResult('sessions', 'Lines with few and with many sessions', note, table, { found });
}

function measure(viewers: number): Found {
  run(WARM_LINES / LINES_PER_VIEWER);
  const rounds = Math.max(1, Math.ceil(LEAST_LINES / (viewers * LINES_PER_VIEWER)));
  let micros = 0;
  let open = 0;
  for (let round = 0; round < rounds; round++) {
    const found = run(viewers);
    micros += found.micros / rounds;
    open = found.open;
  }
  return { viewers, open, micros, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) };
}

/** CPU µs a line, all threads; what makes the lines is not counted. */
function run(viewers: number): { readonly micros: number; readonly open: number } {
  const { pipeline, take } = collector();
  const count = viewers * LINES_PER_VIEWER;
  let used = 0;
  let block: string[] = [CLOUDFRONT_HEADER];
  const flush = (): void => {
    const bytes = Buffer.from(block.join(''), 'latin1');
    block = [];
    const before = process.cpuUsage();
    take(bytes);
    const { user, system } = process.cpuUsage(before);
    used += user + system;
  };
  for (const { cloudFront } of loadLines(count, viewers * HOURLY_PER_VIEWER, viewers)) {
    if (block.push(cloudFront) >= BLOCK_LINES) flush();
  }
  flush();
  return { micros: used / count, open: pipeline.liveSessions };
}

/** Everything between bytes and spans, as a running collector has it. */
function collector(): { readonly pipeline: Pipeline; readonly take: (bytes: Uint8Array) => void } {
  const config = loadConfig({ formats: FORMATS, environment: {} });
  const [wired] = replaySources(['log=cloudfront-standard:edge:cloudfront'], { formats: FORMATS });
  if (wired === undefined) throw new Error('the source is not wired');
  const from = { ...wired, source: { ...wired.source, latenessMs: LATENESS_MS } };
  const { labelBudget: budgets, contentTop } = config.metrics;
  const metrics = createMetrics({ budgets, contentTop, sources: [from.source] });
  const pipeline = new Pipeline([from.source], {
    settings: correlateSettings(config),
    output: new FanOut(metrics, {
      started: () => {},
      incident: () => {},
      audience: new Audience(metrics, config.audience),
      closed: () => {},
    }),
    spans: new SessionSpans(() => {}),
    cdnHosts: new CdnHosts(),
    contents: new ContentMemory(),
  });
  const file = replayFile('log', from, config, wiringOf(config, [from], 'bench'));
  let nowMs = Number.NEGATIVE_INFINITY;
  let tickedMs = nowMs;
  const splitter = new LineSplitter(1 << 20, {
    record: (bytes, start, end) => {
      file.decode(bytes, start, end, (event, arrivedMs) => {
        nowMs = Math.max(nowMs, arrivedMs);
        if (nowMs - tickedMs >= TICK_MS) {
          tickedMs = nowMs;
          pipeline.tick(nowMs);
        }
        pipeline.accept(event, nowMs);
      });
      return true;
    },
    refuse: () => {},
  });
  return { pipeline, take: (bytes) => void splitter.write(bytes, 0, bytes.length) };
}
