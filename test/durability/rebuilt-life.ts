import { Audience } from '../../collector/audience/audience.ts';
import { parseConfig } from '../../collector/config.ts';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import { JournalLog } from '../../collector/log/journal-log.ts';
import { LogReader } from '../../collector/log/log-reader.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { Pipeline } from '../../collector/pipeline.ts';
import { createLogger } from '../../collector/telemetry/logger.ts';
import { SessionSpans } from '../../collector/traces/session-spans.ts';
import { correlateSettings } from '../../collector/wiring/correlate-settings.ts';
import { FanOut } from '../../collector/wiring/fan-out.ts';
import { source } from '../receivers/support.ts';

export const EDGE = source('edge', { latenessMs: 500 });
export const PLAYER = source('player', { index: 1, latenessMs: 500 });

const text = 'correlate: { settle: 1s, reorder: 500ms, detail: full, idleClose: 15s }';
const config = parseConfig(text, { formats: FORMATS, origin: 'test', folder: '/' });
const log = createLogger({ level: 'error', format: 'text', stream: process.stderr, now: () => 0 });

/** One life of a log and of all that reads it: what was there before is in `folder`, and ids of spans go to `spans`. */
export async function live(folder: string, spans: Set<string>) {
  const sources = [EDGE, PLAYER];
  const metrics = createMetrics({ budgets: config.metrics.labelBudget, contentTop: 10, sources });
  const audience = new Audience(metrics);
  const position = { offset: 0 };
  const cdnHosts = new CdnHosts();
  let journal: JournalLog | null = null;
  const pipeline = new Pipeline(sources, {
    settings: correlateSettings(config),
    output: new FanOut(metrics, { started: () => {}, incident: () => {}, audience, closed: () => {} }),
    spans: new SessionSpans(({ traceId, spanId }) => {
      if (!journal?.isRebuilding) spans.add(`${traceId} ${spanId}`);
    }),
    position,
    cdnHosts,
    contents: new ContentMemory(),
  });
  journal = new JournalLog({
    folder,
    windowMs: 0,
    maxBytes: 1 << 30,
    maxAgeMs: Number.POSITIVE_INFINITY,
    joinMs: 66_000,
    position,
    reader: new LogReader(position, metrics, pipeline, audience, (error) => {
      throw error;
    }),
    pipeline,
    metrics,
    audience,
    cdnHosts,
    sources,
    isFull: () => false,
    store: () => true,
    stored: () => Promise.resolve(),
    closeMs: 1_000,
    log,
  });
  await journal.open();
  await journal.recover();
  return { journal, metrics };
}
