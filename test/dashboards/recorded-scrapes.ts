import { concurrencyOf } from '../../collector/correlate/concurrency.ts';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import { FirstSight } from '../../collector/exporters/first-sight.ts';
import { createMetrics, type Metrics } from '../../collector/metrics/index.ts';
import type { MetricFamily, SeriesLabels } from '../../collector/model/metric.ts';
import { Pipeline } from '../../collector/pipeline.ts';
import { SessionSpans } from '../../collector/traces/session-spans.ts';
import { correlateSettings } from '../../collector/wiring/correlate-settings.ts';
import { FanOut } from '../../collector/wiring/fan-out.ts';
import { runLab } from '../lab/lab.ts';
import type { Scenario } from '../lab/scenario.ts';
import { configOf, LabReader, labConfigTree } from '../support/lab-feed.ts';

const TICK_MS = 1_000;
const START_MS = Date.UTC(2026, 10, 21, 20);

/** Series by their text (`name{labels}`), each with a value for every scrape; NaN before it was born. */
export type RecordedScrapes = {
  readonly series: ReadonlyMap<string, readonly number[]>;
  readonly scrapes: number;
  readonly intervalMs: number;
};

export type RecordingPlan = {
  readonly seed: number;
  readonly minutes: number;
  readonly intervalMs: number;
  /** Families worth keeping. */
  readonly families: ReadonlySet<string>;
  /** Of the target that these scrapes stand for. */
  readonly labels: Readonly<Record<string, string>>;
};

/**
 * What Prometheus would have scraped from the collector during a run of the lab: the whole pipeline in virtual time,
 * read every `intervalMs` of it as the metrics endpoint shows itself to a scraper. Nothing of it depends on how fast
 * this machine is.
 */
export async function recordScrapes(scenario: Scenario, plan: RecordingPlan): Promise<RecordedScrapes> {
  const reader = new LabReader(configOf(labConfigTree(scenario), '/nowhere'));
  const settings = correlateSettings(reader.config);
  const metrics = createMetrics();
  const output = new FanOut(metrics, { started: () => {}, incident: () => {}, closed: () => {} });
  const context = {
    settings,
    output,
    spans: new SessionSpans(() => {}),
    cdnHosts: new CdnHosts(),
    contents: new ContentMemory(),
  };
  const pipeline = new Pipeline(reader.sources, context);
  const recorder = new Recorder(metrics, plan);
  let nowMs = START_MS;
  runLab(scenario, {
    seed: plan.seed,
    startMs: START_MS,
    durationMs: plan.minutes * 60_000,
    sink: {
      delivery: (delivery) => {
        for (; nowMs + TICK_MS <= delivery.deliveredMs; nowMs += TICK_MS) {
          pipeline.tick(nowMs);
          metrics.tick(nowMs);
          if ((nowMs - START_MS) % plan.intervalMs !== 0) continue;
          metrics.concurrency(concurrencyOf(pipeline.present, nowMs, settings));
          recorder.scrape();
        }
        reader.read(delivery, (event) => {
          metrics.receive(event.source);
          pipeline.accept(event, delivery.deliveredMs);
        });
      },
    },
  });
  return recorder.recorded;
}

class Recorder {
  readonly #metrics: Metrics;
  readonly #plan: RecordingPlan;
  readonly #sight = new FirstSight();
  readonly #series = new Map<string, number[]>();
  /** A family hands out the same label object for the same series at every visit. */
  readonly #known = new WeakMap<SeriesLabels, Map<string, number[]>>();
  #scrapes = 0;

  constructor(metrics: Metrics, plan: RecordingPlan) {
    this.#metrics = metrics;
    this.#plan = plan;
  }

  scrape(): void {
    const wanted = this.#metrics.families().filter(({ name }) => this.#plan.families.has(name));
    const { families, received } = this.#sight.for('prometheus', wanted);
    for (const family of families) this.#read(family);
    received();
    this.#note('up', {}, 1);
    this.#scrapes++;
  }

  get recorded(): RecordedScrapes {
    return { series: this.#series, scrapes: this.#scrapes, intervalMs: this.#plan.intervalMs };
  }

  #read(family: MetricFamily): void {
    family.visit((suffix, labels, value) => this.#note(family.name + suffix, labels, value));
  }

  #note(name: string, labels: SeriesLabels, value: number): void {
    let named = this.#known.get(labels);
    if (named === undefined) {
      named = new Map();
      this.#known.set(labels, named);
    }
    let values = named.get(name);
    if (values === undefined) {
      const key = seriesText(name, { ...labels, ...this.#plan.labels });
      values = this.#series.get(key) ?? [];
      named.set(name, values);
      this.#series.set(key, values);
    }
    while (values.length < this.#scrapes) values.push(Number.NaN);
    values.push(value);
  }
}

function seriesText(name: string, labels: SeriesLabels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(String(value))}`);
  return `${name}{${pairs.join(',')}}`;
}
