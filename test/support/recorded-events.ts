import { loadConfig, replaySources } from '../../collector/config.ts';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import type { CorrelateSettings } from '../../collector/correlate/settings.ts';
import { renderText } from '../../collector/exporters/prometheus.ts';
import { type SessionJson, sessionToJson } from '../../collector/exporters/session-json.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { cloneEvent } from '../../collector/model/clone-report.ts';
import type { Event } from '../../collector/model/event.ts';
import type { Source } from '../../collector/model/source.ts';
import type { Span } from '../../collector/model/span.ts';
import type { UnixMs } from '../../collector/model/time.ts';
import { Pipeline } from '../../collector/pipeline.ts';
import { readEvents } from '../../collector/replay/replay.ts';
import { CAPTURE, replayFile } from '../../collector/replay/replay-file.ts';
import { SessionSpans } from '../../collector/traces/session-spans.ts';
import { correlateSettings } from '../../collector/wiring/correlate-settings.ts';
import { FanOut } from '../../collector/wiring/fan-out.ts';
import { wiringOf } from '../../collector/wiring/source-wiring.ts';
import { recordingSources } from './replay-output.ts';

/** An event and when it reaches the collector. */
export type Arrival = { readonly event: Event; readonly arrivedMs: UnixMs };

const formats = new Map<string, { readonly latenessMs: number }>([...FORMATS, [CAPTURE, { latenessMs: 30_000 }]]);
const config = loadConfig({ formats, environment: {} });

/** Settings of the configuration's defaults, every request recorded. */
export function testSettings(changes: Partial<CorrelateSettings> = {}): CorrelateSettings {
  const settings = correlateSettings(config);
  return { ...settings, recorder: { ...settings.recorder, detail: 'full' }, ...changes };
}

/** The events of a recorded run with their sources, each source as late as `latenessMs` allows. */
export async function recordedEvents(
  run: string,
  latenessMs: number,
): Promise<{ sources: Source[]; arrivals: Arrival[] }> {
  const wired = replaySources(recordingSources(run), { formats }).map((from) => ({
    ...from,
    source: { ...from.source, latenessMs },
  }));
  const wiring = wiringOf(config, wired, 'test');
  const arrivals: Arrival[] = [];
  for (const from of wired) {
    const file = replayFile(from.paths[0] as string, from, config, wiring);
    await readEvents(file, (event, arrivedMs) => arrivals.push({ event: cloneEvent(event), arrivedMs }));
  }
  return { sources: wired.map(({ source }) => source), arrivals };
}

export type Result = { readonly sessions: SessionJson[]; readonly spans: Span[]; readonly metrics: string };

/** Runs arrivals through a pipeline whose clock is their arrival. */
export async function runPipeline(
  sources: readonly Source[],
  arrivals: readonly Arrival[],
  settings: CorrelateSettings,
  partitions = 1,
): Promise<Result> {
  const sessions: SessionJson[] = [];
  const spans: Span[] = [];
  const metrics = createMetrics();
  const output = new FanOut(metrics, {
    started: () => {},
    incident: () => {},
    closed: (summary, incidents) => sessions.push(sessionToJson(summary, incidents)),
  });
  const pipeline = new Pipeline(
    sources,
    {
      settings,
      output,
      spans: new SessionSpans((span) => spans.push(span)),
      cdnHosts: new CdnHosts(),
      contents: new ContentMemory(),
    },
    partitions,
  );
  const ordered = arrivals.toSorted((a, b) => a.arrivedMs - b.arrivedMs);
  let tickedMs = Number.NEGATIVE_INFINITY;
  for (const { event, arrivedMs } of ordered) {
    if (arrivedMs - tickedMs >= 1_000) {
      pipeline.tick(arrivedMs);
      tickedMs = arrivedMs;
    }
    pipeline.accept(event, arrivedMs);
  }
  pipeline.flush('shutdown', ordered.at(-1)?.arrivedMs ?? 0);
  const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  spans.sort((a, b) => byKey(a.traceId + a.spanId, b.traceId + b.spanId));
  sessions.sort((a, b) => byKey(a.traceId, b.traceId));
  return { sessions, spans, metrics: await renderText(metrics.families()) };
}
