import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, type Histogram, logs, type Meter, metrics, type ObservableResult, trace } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import type { UnixMs } from '../model/time.ts';
import { RuntimeProbe } from './runtime-probe.ts';
import { SELF_METRICS, type SelfMetric } from './self-contract.ts';

/** What the parts of the collector say about themselves when asked. Counts only go up. */
export type CollectorReadouts = {
  readonly receivedRecords: () => number;
  readonly rejectedRecords: () => number;
  readonly liveSessions: () => number;
  /** Bounded by whoever counts them. */
  readonly unknownCacheWords: () => Iterable<{
    readonly provider: string;
    readonly word: string;
    readonly count: number;
  }>;
  readonly queues: () => Iterable<{ readonly queue: string; readonly length: number; readonly capacity: number }>;
  readonly disks: () => Iterable<{ readonly disk: string; readonly isRefusing: boolean; readonly failures: number }>;
  readonly journalLostRecords: () => number;
  readonly clockSetBacks: () => number;
  readonly exporters: () => Iterable<{
    readonly exporter: string;
    readonly sent: number;
    readonly dropped: number;
    readonly retries: number;
  }>;
};

export type SelfTelemetryOptions = {
  readonly version: string;
  readonly readouts: CollectorReadouts;
  readonly now: () => UnixMs;
};

const OPERATION_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** `service.name` of what the collector says about itself. */
const SELF_SERVICE = 'playpath';

/**
 * The collector's own metrics through the OpenTelemetry SDK.
 *
 * The SDK reads OTEL_* variables and by default dials an OTLP endpoint for traces and logs. Every provider is given
 * explicitly here, so none of that happens: no OTEL_*_EXPORTER, sampler, propagator or resource variable counts. What
 * remains is OTEL_SDK_DISABLED (no own metrics at all) and OTEL_LOG_LEVEL (the SDK's own diagnostics).
 */
export class SelfTelemetry {
  readonly #options: SelfTelemetryOptions;
  readonly #probe = new RuntimeProbe();
  readonly #reader: PrometheusExporter;
  readonly #sdk: NodeSDK;
  #operations: Histogram | null = null;
  #isClosed = false;

  constructor(options: SelfTelemetryOptions) {
    this.#options = options;
    this.#reader = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
    this.#sdk = new NodeSDK(sdkConfiguration(this.#reader));
  }

  start(): void {
    this.#sdk.start();
    this.#probe.start();
    const meter = metrics.getMeter(SELF_SERVICE, this.#options.version);
    this.#observeReadouts(meter);
    this.#observeRuntime(meter);
    const { name, help, unit } = SELF_METRICS.operations;
    const advice = { explicitBucketBoundaries: OPERATION_BUCKETS };
    this.#operations = meter.createHistogram(name, { description: help, unit, advice });
  }

  /** Answers `GET /metrics/collector`. */
  readonly scrape = (request: IncomingMessage, response: ServerResponse): void => {
    this.#reader.getMetricsRequestHandler(request, response);
  };

  /**
   * Times one of the collector's own doings. It failed when it threw, or when `failureOf` says why; '' is success.
   */
  async operation<Result>(
    name: string,
    run: () => Promise<Result>,
    failureOf: (result: Result) => string = () => '',
  ): Promise<Result> {
    const beginMs = this.#options.now();
    try {
      const result = await run();
      this.#finished(name, beginMs, failureOf(result));
      return result;
    } catch (error) {
      this.#finished(name, beginMs, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** Frees the global providers too, so that another instance can start. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#probe.close();
    await this.#sdk.shutdown();
    for (const api of [metrics, trace, logs, context]) api.disable();
  }

  #finished(name: string, beginMs: UnixMs, failure: string): void {
    const endMs = this.#options.now();
    const result = failure === '' ? 'ok' : 'failed';
    this.#operations?.record((endMs - beginMs) / 1000, { operation: name, result });
  }

  #observeReadouts(meter: Meter): void {
    const { readouts } = this.#options;
    observe(meter, SELF_METRICS.received, (result) => result.observe(readouts.receivedRecords()));
    observe(meter, SELF_METRICS.rejected, (result) => result.observe(readouts.rejectedRecords()));
    observe(meter, SELF_METRICS.liveSessions, (result) => result.observe(readouts.liveSessions()));
    observe(meter, SELF_METRICS.unknownCacheWords, (result) => {
      for (const { provider, word, count } of readouts.unknownCacheWords()) result.observe(count, { provider, word });
    });
    observe(meter, SELF_METRICS.queueLength, (result) => {
      for (const { queue, length } of readouts.queues()) result.observe(length, { queue });
    });
    observe(meter, SELF_METRICS.queueCapacity, (result) => {
      for (const { queue, capacity } of readouts.queues()) result.observe(capacity, { queue });
    });
    observe(meter, SELF_METRICS.diskRefuses, (result) => {
      for (const { disk, isRefusing } of readouts.disks()) result.observe(isRefusing ? 1 : 0, { disk });
    });
    observe(meter, SELF_METRICS.diskFailures, (result) => {
      for (const { disk, failures } of readouts.disks()) result.observe(failures, { disk });
    });
    observe(meter, SELF_METRICS.journalLost, (result) => result.observe(readouts.journalLostRecords()));
    observe(meter, SELF_METRICS.clockSetBack, (result) => result.observe(readouts.clockSetBacks()));
    observe(meter, SELF_METRICS.sent, (result) => {
      for (const { exporter, sent } of readouts.exporters()) result.observe(sent, { exporter });
    });
    observe(meter, SELF_METRICS.dropped, (result) => {
      for (const { exporter, dropped } of readouts.exporters()) result.observe(dropped, { exporter });
    });
    observe(meter, SELF_METRICS.retries, (result) => {
      for (const { exporter, retries } of readouts.exporters()) result.observe(retries, { exporter });
    });
  }

  #observeRuntime(meter: Meter): void {
    const probe = this.#probe;
    observe(meter, SELF_METRICS.eventLoopDelay, (result) => result.observe(probe.takeEventLoopDelayP99Seconds()));
    observe(meter, SELF_METRICS.heapUsed, (result) => result.observe(probe.memory().heapUsed));
    observe(meter, SELF_METRICS.resident, (result) => result.observe(probe.memory().rss));
    observe(meter, SELF_METRICS.cpu, (result) => {
      for (const [mode, seconds] of Object.entries(probe.cpuSeconds())) result.observe(seconds, { mode });
    });
    observe(meter, SELF_METRICS.gc, (result) => {
      for (const [kind, seconds] of probe.gcSeconds()) result.observe(seconds, { kind });
    });
  }
}

function sdkConfiguration(reader: PrometheusExporter): Partial<NodeSDKConfiguration> {
  return {
    serviceName: SELF_SERVICE,
    autoDetectResources: false,
    instrumentations: [],
    textMapPropagator: null,
    metricReaders: [reader],
    spanProcessors: [],
    logRecordProcessors: [],
  };
}

function observe(meter: Meter, metric: SelfMetric, callback: (result: ObservableResult) => void): void {
  const options = { description: metric.help, unit: metric.unit };
  const instrument =
    metric.type === 'counter'
      ? meter.createObservableCounter(metric.name, options)
      : meter.createObservableGauge(metric.name, options);
  instrument.addCallback(callback);
}
