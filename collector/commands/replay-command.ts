import { Audience } from '../audience/audience.ts';
import type { SourceConfig } from '../config/source-config.ts';
import { type Config, loadConfig, replaySources } from '../config.ts';
import { ContentMemory } from '../correlate/content/content-memory.ts';
import { CdnHosts } from '../correlate/join/cdn-hosts.ts';
import { PlaypathError } from '../errors.ts';
import type { OtlpExporter } from '../exporters/otlp.ts';
import { renderText } from '../exporters/prometheus.ts';
import { FORMATS } from '../formats/index.ts';
import { createMetrics, type Metrics } from '../metrics/index.ts';
import type { Source } from '../model/source.ts';
import { Pipeline } from '../pipeline.ts';
import { expandPatterns } from '../receivers/log-paths.ts';
import { replay } from '../replay/replay.ts';
import { CAPTURE, replayFile } from '../replay/replay-file.ts';
import { ReplayOutput } from '../replay/replay-output.ts';
import { ReplayReport } from '../replay/replay-report.ts';
import { replaySalt } from '../replay/replay-salt.ts';
import { createLogger } from '../telemetry/logger.ts';
import { SessionSpans } from '../traces/session-spans.ts';
import { correlateSettings } from '../wiring/correlate-settings.ts';
import { FanOut } from '../wiring/fan-out.ts';
import { otlpExporter } from '../wiring/otlp-wiring.ts';
import { wiringOf } from '../wiring/source-wiring.ts';
import { SpanOutlet } from '../wiring/span-outlet.ts';

/** Disorder inside one finished file is minutes at most; how late its delivery was does not matter any more. */
const MAX_DISORDER_MS = 5 * 60_000;
/** An edge writes a request when it is over, and goes on filling its cache for a viewer who left long ago. */
const MIN_DISORDER_MS = 60_000;
/** A player reports a request when it is over or given up. */
const CAPTURE_LATENESS_MS = 30_000;

export type ReplayOptions = {
  readonly source?: readonly string[];
  readonly config?: string;
  readonly detail: string;
  /** `file`, `otlp` or `both`; without it, to the configured backend, else the file. */
  readonly traces?: string;
  readonly out: string;
  readonly version: string;
  readonly print: (line: string) => void;
};

/** `replay`: the whole pipeline over finished files. Writes its files or sends traces, and prints what a person should know. */
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
  const { hasTracesFile, exporter } = destinationOf(options, config);
  const report = new ReplayReport();
  const outlet = exporter && new SpanOutlet(exporter);
  const output = new ReplayOutput({ ...options, hasTracesFile, outlet, report });
  try {
    const { labelBudget: budgets, contentTop } = config.metrics;
    const metrics = createMetrics({ budgets, contentTop, sources: wired.map(({ source }) => source) });
    const counts = await replay(await filesOf(wired, config), pipelineTo(output, metrics, wired, options, config), () =>
      output.room(),
    );
    for (const [name, count] of counts.suspect) metrics.suspectClock(name, count);
    await output.finish(await renderText(metrics.families()));
    const destinations = [
      `written to ${options.out}: ${hasTracesFile ? 'traces.otlp.jsonl, ' : ''}metrics.prom, sessions.jsonl`,
      ...(exporter ? [sentLine(config, exporter, outlet?.dropped ?? 0)] : []),
    ];
    for (const line of report.lines(counts, destinations)) options.print(line);
  } finally {
    await output.close();
  }
}

/** Where the traces go: a configured backend takes the place of the file, unless both are asked for. */
function destinationOf({ traces, version }: ReplayOptions, config: Config) {
  const hasEndpoint = config.export.otlp.endpoint !== '';
  const to = traces ?? (hasEndpoint ? 'otlp' : 'file');
  if (to !== 'file' && to !== 'otlp' && to !== 'both')
    throw new PlaypathError('config_invalid', `--traces must be file, otlp or both, not ${JSON.stringify(to)}`);
  if (to !== 'file' && !hasEndpoint)
    throw new PlaypathError('config_invalid', `--traces ${to} needs export.otlp.endpoint (docs/config.md)`);
  const log = createLogger({ ...config.log, stream: process.stderr, now: Date.now });
  // Nothing of it is kept on disk: that is a running collector's, and a replay can be run again.
  const exporter = to === 'file' ? null : otlpExporter({ ...config, bus: 'memory' }, version, log, (send) => send);
  return { hasTracesFile: to !== 'otlp', exporter };
}

function pipelineTo(
  output: ReplayOutput,
  metrics: Metrics,
  wired: readonly SourceConfig[],
  { detail }: ReplayOptions,
  config: Config,
): Pipeline {
  const settings = correlateSettings(config);
  const recorder = { ...settings.recorder, detail: detail === 'full' ? 'full' : 'recorder' } as const;
  return new Pipeline(
    wired.map(({ source }) => source),
    {
      settings: { ...settings, settleMs: MAX_DISORDER_MS, recorder },
      output: new FanOut(metrics, {
        started: () => {},
        incident: () => {},
        audience: new Audience(metrics, config.audience),
        closed: (summary, incidents) => output.session(summary, incidents),
      }),
      spans: new SessionSpans((span) => output.span(span)),
      cdnHosts: new CdnHosts(),
      contents: new ContentMemory(),
    },
  );
}

/** What became of the spans that were to be sent. */
function sentLine(config: Config, exporter: OtlpExporter, droppedSpans: number): string {
  const { sentSpans, refusedSpans, rejectedSpans } = exporter.counters;
  const lost = refusedSpans + rejectedSpans + droppedSpans;
  const host = URL.parse(config.export.otlp.endpoint)?.host ?? '';
  return `sent to ${host}: ${sentSpans} spans${lost > 0 ? `; ${lost} were not taken` : ''}`;
}

/** A finished file has no late records beyond its own disorder. */
function settled(from: SourceConfig): SourceConfig {
  const latenessMs = Math.min(MAX_DISORDER_MS, Math.max(MIN_DISORDER_MS, from.source.latenessMs));
  const source: Source = { ...from.source, latenessMs };
  return { ...from, source };
}

async function filesOf(wired: readonly SourceConfig[], config: Config) {
  const found: { readonly path: string; readonly from: SourceConfig }[] = [];
  for (const from of wired) {
    const paths = (await expandPatterns(from.paths)).toSorted();
    if (paths.length === 0)
      throw new PlaypathError('log_unreadable', `source ${from.source.name}: no file matches ${from.paths.join(', ')}`);
    for (const path of paths) found.push({ path, from });
  }
  const wiring = wiringOf(config, wired, await replaySalt(found.map(({ path }) => path)));
  return found.map(({ path, from }) => replayFile(path, from, config, wiring));
}
