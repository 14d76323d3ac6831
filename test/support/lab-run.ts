import { Audience } from '../../collector/audience/audience.ts';
import { concurrencyOf } from '../../collector/correlate/concurrency.ts';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import type { CorrelateSettings } from '../../collector/correlate/settings.ts';
import { renderText } from '../../collector/exporters/prometheus.ts';
import { type SessionJson, sessionToJson } from '../../collector/exporters/session-json.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import type { Span } from '../../collector/model/span.ts';
import { Pipeline } from '../../collector/pipeline.ts';
import type { DeliveryFeed } from '../../collector/store/delivery-feed.ts';
import type { SessionFeed } from '../../collector/store/session-feed.ts';
import { SessionSpans } from '../../collector/traces/session-spans.ts';
import { audienceSink } from '../../collector/wiring/audience-sink.ts';
import { correlateSettings } from '../../collector/wiring/correlate-settings.ts';
import type { FleetTruth } from '../lab/fleet-truth.ts';
import { runLab } from '../lab/lab.ts';
import type { Scenario } from '../lab/scenario.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import { type ParsedSample, parseExposition } from '../metrics/exposition.ts';
import { type ExchangeTruth, exchangeTruth, JoinWatch } from './join-record.ts';
import { configOf, LabReader, labConfigTree } from './lab-feed.ts';

/** A fixed evening: the same run on every machine and every day. */
const START_MS = Date.UTC(2026, 10, 21, 20);
const MINUTE_MS = 60_000;
const TICK_MS = 1_000;
/** How often the lab counts its fleet. */
const CENSUS_MS = 10_000;

/** Who the collector thought was watching, at the moments the lab counted. */
export type ConcurrencyReading = {
  readonly atMs: number;
  readonly player: number;
  readonly server: number;
  readonly viewers: number;
};

/** What a scenario really was, and what the pipeline made of it. */
export type LabResult = {
  readonly truths: readonly SessionTruth[];
  readonly fleet: FleetTruth;
  readonly sessions: readonly SessionJson[];
  readonly spans: readonly Span[];
  readonly metrics: readonly ParsedSample[];
  readonly concurrency: readonly ConcurrencyReading[];
  readonly refused: ReadonlyMap<string, number>;
  readonly exchanges: readonly ExchangeTruth[];
  readonly joins: JoinWatch;
};

export type LabResultOptions = {
  readonly seed: number;
  /** Viewers come during this time. */
  readonly minutes: number;
  /** Then those who are there may finish for so long; 0 stops everybody at once. */
  readonly drainMinutes: number;
  readonly settings?: Partial<CorrelateSettings>;
  /** Where rows of sessions go as well. */
  readonly feed?: SessionFeed;
  /** Where rows of log lines go as well. */
  readonly deliveries?: DeliveryFeed;
};

/** Runs a scenario through the whole pipeline in virtual time: what arrives is decoded and correlated as it arrives. */
export async function runScenario(scenario: Scenario, options: LabResultOptions): Promise<LabResult> {
  const reader = new LabReader(configOf(labConfigTree(scenario), '/nowhere'));
  const settings = { ...correlateSettings(reader.config), ...options.settings };
  const metrics = createMetrics();
  const sessions: SessionJson[] = [];
  const spans: Span[] = [];
  const joins = new JoinWatch();
  const output = joins.output(metrics, {
    started: (session, _dimensions, atMs) => options.feed?.started(session, atMs),
    incident: () => {},
    position: (session, event) => options.feed?.position(session, event),
    audience: new Audience(audienceSink(metrics, options.feed)),
    ...(options.deliveries ? { deliveries: options.deliveries } : {}),
    closed: (summary, incidents) => {
      sessions.push(sessionToJson(summary, incidents));
      options.feed?.closed(summary, incidents, nowMs);
    },
  });
  const context = {
    settings,
    output,
    spans: new SessionSpans((span) => spans.push(span)),
    cdnHosts: new CdnHosts(),
    contents: new ContentMemory(),
  };
  const pipeline = new Pipeline(reader.sources, context);

  const truths: SessionTruth[] = [];
  const exchanges: ExchangeTruth[] = [];
  const concurrency: ConcurrencyReading[] = [];
  let nowMs = START_MS;
  const advance = (untilMs: number): void => {
    while (nowMs + TICK_MS <= untilMs) {
      nowMs += TICK_MS;
      pipeline.tick(nowMs);
      if ((nowMs - START_MS) % CENSUS_MS !== 0) continue;
      const { sessions: present, viewers } = concurrencyOf(pipeline.present, nowMs, settings);
      const reading = { atMs: nowMs, player: 0, server: 0, viewers: 0 };
      for (const { source, count } of present) reading[source] += count;
      for (const { count } of viewers) reading.viewers += count;
      concurrency.push(reading);
    }
  };
  const fleet = runLab(scenario, {
    seed: options.seed,
    startMs: START_MS,
    durationMs: options.minutes * MINUTE_MS,
    drainMs: options.drainMinutes * MINUTE_MS,
    sink: {
      delivery: (delivery) => {
        advance(delivery.deliveredMs);
        reader.read(delivery, (event) => {
          joins.arrived(event);
          pipeline.accept(event, delivery.deliveredMs);
        });
      },
      session: (truth) => truths.push(truth),
      exchange: (facts, exchange) => exchanges.push(exchangeTruth(facts, exchange)),
    },
  });
  pipeline.flush('shutdown', nowMs);
  const text = await renderText(metrics.families());
  return {
    truths,
    fleet,
    sessions,
    spans,
    metrics: parseExposition(text),
    concurrency,
    refused: reader.refused,
    exchanges,
    joins,
  };
}

/** Sum of a counter over the series that carry all of `labels`. */
export function sumOf(samples: readonly ParsedSample[], name: string, labels: Readonly<Record<string, string>> = {}) {
  const wanted = Object.entries(labels);
  return samples
    .filter((sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
