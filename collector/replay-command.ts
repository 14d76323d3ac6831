import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Audience } from './audience/audience.ts';
import type { SourceConfig } from './config/source-config.ts';
import { type Config, loadConfig, replaySources } from './config.ts';
import { ContentMemory } from './correlate/content-memory.ts';
import { correlateSettings } from './correlate-settings.ts';
import { PlaypathError } from './errors.ts';
import { writeMetrics, writeSessions, writeTraces } from './exporters/files.ts';
import { renderText } from './exporters/prometheus.ts';
import { type SessionJson, sessionToJson } from './exporters/session-json.ts';
import { FanOut } from './fan-out.ts';
import { FORMATS } from './formats/index.ts';
import { createMetrics } from './metrics/index.ts';
import type { Source } from './model/source.ts';
import type { Span } from './model/span.ts';
import { Pipeline } from './pipeline.ts';
import { expandPatterns } from './receivers/log-paths.ts';
import { replay } from './replay.ts';
import { CAPTURE, replayFile } from './replay-file.ts';
import { replayReport } from './replay-report.ts';
import { wiringOf } from './source-wiring.ts';
import { SessionSpans } from './traces/session-spans.ts';

/** Disorder inside one finished file is minutes at most; how late its delivery was does not matter any more. */
const MAX_DISORDER_MS = 5 * 60_000;
/** A player reports a request when it is over or given up. */
const CAPTURE_LATENESS_MS = 30_000;
/** Device keys of a replay stay in its files: the same input shall give the same output. */
const REPLAY_SALT = 'replay';

export type ReplayOptions = {
  readonly source?: readonly string[];
  readonly config?: string;
  readonly detail: string;
  readonly out: string;
  readonly version: string;
  readonly print: (line: string) => void;
};

/** `replay`: the whole pipeline over finished files. Writes the three files and prints what a person should know. */
export async function runReplay(options: ReplayOptions): Promise<void> {
  if (options.detail !== 'full' && options.detail !== 'recorder') {
    throw new PlaypathError(
      'config_invalid',
      `--detail must be full or recorder, not ${JSON.stringify(options.detail)}`,
    );
  }
  const formats = new Map<string, { readonly latenessMs: number }>([
    ...FORMATS,
    [CAPTURE, { latenessMs: CAPTURE_LATENESS_MS }],
  ]);
  const config = loadConfig({ formats, ...(options.config === undefined ? {} : { file: options.config }) });
  const wired = (options.source ? replaySources(options.source, { formats }) : config.sources).map(settled);
  if (wired.length === 0)
    throw new PlaypathError('config_invalid', 'replay needs --source FILE=FORMAT:TIER:NAME or a --config with sources');
  const spans: Span[] = [];
  const sessions: SessionJson[] = [];
  const metrics = createMetrics({ budgets: config.metrics.labelBudget, contentTop: config.metrics.contentTop });
  const output = new FanOut(metrics, {
    started: () => {},
    incident: () => {},
    audience: new Audience(metrics),
    closed: (summary, incidents) => sessions.push(sessionToJson(summary, incidents)),
  });
  const settings = correlateSettings(config);
  const pipeline = new Pipeline(
    wired.map(({ source }) => source),
    {
      settings: { ...settings, settleMs: MAX_DISORDER_MS, recorder: { ...settings.recorder, detail: options.detail } },
      output,
      spans: new SessionSpans((span) => spans.push(span)),
      cdnOfHost: new Map(),
      contents: new ContentMemory(),
    },
  );
  const counts = await replay(await filesOf(wired, config), pipeline);
  for (const [name, count] of counts.suspect) metrics.suspectClock(name, count);
  await write(options, spans, sessions, await renderText(metrics.families()));
  for (const line of replayReport(sessions, counts, options.out)) options.print(line);
}

/** A finished file has no late records beyond its own disorder. */
function settled(from: SourceConfig): SourceConfig {
  const source: Source = { ...from.source, latenessMs: Math.min(from.source.latenessMs, MAX_DISORDER_MS) };
  return { ...from, source };
}

async function filesOf(wired: readonly SourceConfig[], config: Config) {
  const wiring = wiringOf(config, wired, REPLAY_SALT);
  const files = [];
  for (const from of wired) {
    const paths = (await expandPatterns(from.paths)).toSorted();
    if (paths.length === 0)
      throw new PlaypathError('log_unreadable', `source ${from.source.name}: no file matches ${from.paths.join(', ')}`);
    for (const path of paths) files.push(replayFile(path, from, config, wiring));
  }
  return files;
}

async function write(options: ReplayOptions, spans: Span[], sessions: SessionJson[], metrics: string): Promise<void> {
  spans.sort((a, b) => compare(a.traceId, b.traceId) || a.startMs - b.startMs || compare(a.spanId, b.spanId));
  sessions.sort((a, b) => compare(a.traceId, b.traceId));
  await mkdir(options.out, { recursive: true });
  await writeTraces(join(options.out, 'traces.otlp.jsonl'), spans, options.version);
  await writeSessions(join(options.out, 'sessions.jsonl'), sessions);
  await writeMetrics(join(options.out, 'metrics.prom'), metrics);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
