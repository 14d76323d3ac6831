import type { PageSource } from './api/page-builder.ts';
import { RecentSessions } from './api/recent.ts';
import { ApiServer } from './api/server.ts';
import { Audience } from './audience/audience.ts';
import type { Config } from './config.ts';
import { ContentMemory } from './correlate/content/content-memory.ts';
import { CdnHosts } from './correlate/join/cdn-hosts.ts';
import type { SessionContext } from './correlate/live-session.ts';
import type { CorrelateSettings } from './correlate/settings.ts';
import type { OtlpExporter } from './exporters/otlp.ts';
import { PrometheusEndpoint } from './exporters/prometheus.ts';
import type { Send, SendResult } from './exporters/retry.ts';
import { deviceSalt } from './log/device-salt.ts';
import type { EventLog } from './log/event-log.ts';
import { eventLog } from './log/log-wiring.ts';
import { createMetrics, type Metrics } from './metrics/index.ts';
import type { Source } from './model/source.ts';
import type { Span } from './model/span.ts';
import type { UnixMs } from './model/time.ts';
import { Pipeline } from './pipeline.ts';
import { DeadLetters } from './receivers/dead-letter.ts';
import type { FileReceiver } from './receivers/file.ts';
import type { HttpServer } from './receivers/http.ts';
import { Ingest } from './receivers/ingest.ts';
import type { Route } from './receivers/route.ts';
import type { SessionFeed } from './store/session-feed.ts';
import type { Logger } from './telemetry/logger.ts';
import { SelfTelemetry } from './telemetry/self-metrics.ts';
import { SessionSpans } from './traces/session-spans.ts';
import { accessOf } from './wiring/access-wiring.ts';
import type { Analytics } from './wiring/analytics.ts';
import { audienceSink } from './wiring/audience-sink.ts';
import { readoutsOf } from './wiring/collector-readouts.ts';
import { correlateSettings } from './wiring/correlate-settings.ts';
import { deliveryListener } from './wiring/delivery-listener.ts';
import { FanOut } from './wiring/fan-out.ts';
import { fileReceiver } from './wiring/file-wiring.ts';
import { FleetNumbers } from './wiring/fleet-numbers.ts';
import { forgetLive } from './wiring/forget-live.ts';
import { ingestRoutes, type PlayerFleet } from './wiring/ingest-routes.ts';
import { ingestServer } from './wiring/ingest-server.ts';
import { type Listening, listenersOf } from './wiring/listeners.ts';
import { sweepLive } from './wiring/live-sweep.ts';
import { otlpExporter } from './wiring/otlp-wiring.ts';
import { wiringOf } from './wiring/source-wiring.ts';
import { SpanOutlet } from './wiring/span-outlet.ts';

/** Time for the pipeline; its own resolution is a second. */
const TICK_MS = 250;
/** Concurrency is counted this often, and recent sessions are refreshed for the query API. */
const SWEEP_MS = 2_000;
const SPANS_PER_SESSION = 5_000;

export type CollectorOptions = {
  readonly config: Config;
  readonly version: string;
  readonly log: Logger;
  readonly now: () => UnixMs;
  /** Told when the log that is gone on with ends, before `now` is asked for its next record. */
  readonly resume?: (lastMs: UnixMs) => void;
  readonly page?: PageSource;
  /** The ingest port of a collector that made way for this one, its requests waiting. */
  readonly http?: HttpServer;
  /** The analytics store, opened; the collector closes it. */
  readonly analytics?: Analytics;
};

/** The collector as one process: every part wired to the next, in the order an event meets them. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #metrics: Metrics;
  readonly #recent: RecentSessions;
  readonly #pipeline: Pipeline;
  readonly #log: EventLog;
  readonly #settings: CorrelateSettings;
  readonly #outlet: SpanOutlet | null;
  readonly #exporter: OtlpExporter | null;
  readonly ingest: Ingest;
  readonly #deadLetters: DeadLetters;
  readonly #http: HttpServer;
  readonly #routes: readonly Route[];
  readonly #files: FileReceiver;
  readonly #prometheus: PrometheusEndpoint;
  readonly #api: ApiServer;
  readonly #telemetry: SelfTelemetry;
  readonly #fleet: FleetNumbers;
  readonly #timers: NodeJS.Timeout[] = [];
  #listening: Listening | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: CollectorOptions) {
    this.#options = options;
    const { config, version, log, now } = options;
    const { sources, player, urls, clients, scrub } = wiringOf(config, config.sources, deviceSalt(config));
    const { tokens, door, sources: guests } = accessOf(config, player);
    const all = [...sources.map(({ from }) => from.source), player, ...guests];
    const { labelBudget: budgets, contentTop } = config.metrics;
    this.#metrics = createMetrics({ budgets, contentTop, sources: all });
    this.#recent = new RecentSessions({
      maxSessions: config.api.recentSessions,
      maxBytes: config.api.recentBytes,
      maxSpansPerSession: SPANS_PER_SESSION,
    });
    this.#fleet = new FleetNumbers(this.#metrics, all);
    this.#exporter = otlpExporter(config, version, log, (send) => this.#timed(send));
    this.#outlet = this.#exporter && new SpanOutlet(this.#exporter);
    this.#settings = correlateSettings(config);
    const position = { offset: 0 };
    const cdnHosts = new CdnHosts();
    const audience = new Audience(audienceSink(this.#metrics, this.#feed), config.audience);
    this.#pipeline = this.#makePipeline(all, audience, { position, cdnHosts });
    this.#log = eventLog(config, {
      position,
      cdnHosts,
      pipeline: this.#pipeline,
      metrics: this.#metrics,
      audience,
      sources: all,
      outlet: this.#outlet,
      rows: options.analytics ?? null,
      isFull: () => this.#fullPart !== '',
      log,
      now,
    });
    this.#deadLetters = new DeadLetters({ path: config.deadLetter.path, maxBytes: config.deadLetter.maxBytes, scrub });
    this.ingest = new Ingest({ bus: this.#log.bus, deadLetters: this.#deadLetters, now });
    const fleet: PlayerFleet = { ingest: this.ingest, door, clients, urls };
    const notReady = (): string => this.#fullPart || this.#log.trouble;
    this.#routes = ingestRoutes(config, sources, fleet, tokens, notReady);
    this.#http = options.http ?? ingestServer(options, this.#routes);
    this.#files = fileReceiver(config, this.ingest, sources, log);
    this.#telemetry = this.#makeTelemetry();
    this.#prometheus = new PrometheusEndpoint({
      host: config.metrics.host,
      port: config.metrics.port,
      families: () => {
        const metrics = this.#fleet.metrics(this.ingest);
        this.#log.shown();
        return metrics.families();
      },
      collector: this.#telemetry.scrape,
      tokens,
      tls: config.metrics.tls,
      health: () => '',
    });
    this.#api = new ApiServer({
      recent: this.#recent,
      version,
      fleet: (tenant) => this.#fleet.read(this.ingest, tenant),
      tokens,
      tls: config.api.tls,
      forgetLive: (what) => {
        this.#log.checkpointSoon();
        return forgetLive(what, this.#pipeline, this.#recent, now());
      },
      hasJaeger: config.api.jaeger,
      listeners: () => listenersOf(config, this.#listening),
      nowMs: now,
      ...(options.page ? { page: options.page } : {}),
      ...(options.analytics ? { analytics: options.analytics.api(config) } : {}),
      log,
    });
  }

  /**
   * Opens the ports and starts reading. What is posted is taken at once; the numbers can be read when all of a former
   * process has been. Throws `listen_failed` when a port is taken.
   */
  async start(): Promise<Listening> {
    const { config, now } = this.#options;
    this.#telemetry.start();
    const lastMs = await this.#log.open();
    this.#options.resume?.(lastMs);
    const ingest = this.#options.http?.port ?? (await this.#http.listen());
    this.#http.serve(this.#routes);
    this.#timers.push(setInterval(() => this.#log.tick(now()), TICK_MS));
    await this.#log.recover();
    this.#sweep();
    const metrics = await this.#prometheus.start();
    const api = await this.#api.listen(config.api.port, config.api.host);
    await this.#files.start();
    this.#timers.push(setInterval(() => this.#sweep(), SWEEP_MS));
    this.#options.analytics?.start();
    this.#listening = { ingest, metrics, api: api.port };
    return this.#listening;
  }

  /** Takes the certificates of all ports from their files again. Throws `tls_unreadable`, and goes on with the old ones. */
  reloadTls(): void {
    for (const port of [this.#http, this.#prometheus, this.#api]) port.reloadTls();
  }

  /** Stops listening, decides what waits, delivers what it can. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Makes way for another collector on the same data: all is closed but the ingest port, whose requests wait. */
  async handOver(): Promise<HttpServer> {
    await this.#http.hold();
    this.#closing ??= this.#closeRest();
    await this.#closing;
    return this.#http;
  }

  async #close(): Promise<void> {
    await this.#http.close();
    await this.#closeRest();
    await this.#options.analytics?.store.close();
  }

  async #closeRest(): Promise<void> {
    await this.#files.close();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#log.close(this.#options.now());
    await Promise.all([this.#outlet?.close(), this.#options.analytics?.closeWriters()]);
    await this.#deadLetters.close();
    await this.#prometheus.close();
    await this.#api.close();
    await this.#telemetry.close();
  }

  #makePipeline(
    sources: readonly Source[],
    audience: Audience,
    shared: Pick<SessionContext, 'position' | 'cdnHosts'>,
  ): Pipeline {
    const output = new FanOut(this.#metrics, {
      started: (session, dimensions, atMs) => {
        this.#recent.sessionStarted(session, dimensions, atMs);
        this.#feed?.started(session, atMs);
      },
      incident: (session, incident) => this.#recent.incident(session, incident),
      position: (session, event) => this.#feed?.position(session, event),
      audience,
      ...deliveryListener(this.#options.analytics, () => this.#log.isRebuilding),
      closed: (summary, incidents) => {
        this.#recent.session(summary, incidents);
        this.#fleet.closed(summary);
        this.#feed?.closed(summary, incidents, this.#options.now());
      },
    });
    const spans = new SessionSpans((span) => this.#export(span));
    return new Pipeline(sources, {
      settings: this.#settings,
      output,
      spans,
      ...shared,
      contents: new ContentMemory(),
    });
  }

  #export(span: Span): void {
    this.#recent.addSpan(span);
    if (!this.#log.isRebuilding) this.#outlet?.add(span);
  }

  get #feed(): SessionFeed | undefined {
    return this.#options.analytics?.feed;
  }

  /** What cannot take any more, in words; '' when everything can. */
  get #fullPart(): string {
    if (this.#outlet?.isFull) return 'trace exporter is full';
    return this.#options.analytics?.isFull ? 'analytics store is full' : '';
  }

  #timed(send: Send): Send {
    const failureOf = ({ outcome, reason }: SendResult): string => (outcome === 'accepted' ? '' : reason);
    return (batch, signal) => this.#telemetry.operation('export', () => send(batch, signal), failureOf);
  }

  #makeTelemetry(): SelfTelemetry {
    const { version, now, config } = this.#options;
    return new SelfTelemetry({
      version,
      now,
      readouts: readoutsOf({
        config,
        ingest: this.ingest,
        pipeline: this.#pipeline,
        exporter: this.#exporter,
        outlet: this.#outlet,
        eventLog: this.#log,
        rows: this.#options.analytics?.writers ?? [],
      }),
    });
  }

  #sweep(): void {
    const parts = { metrics: this.#metrics, fleet: this.#fleet, recent: this.#recent, feed: this.#feed };
    sweepLive(this.#pipeline, this.#settings, parts, SWEEP_MS, this.#options.now());
  }
}
