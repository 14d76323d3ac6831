import type { AudienceCounts, AudienceExclusion } from '../model/audience.ts';
import type { ReceiverReason, RejectReason } from '../model/event.ts';
import type { CdnSwitch, Incident } from '../model/incident.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import type { MetricFamily } from '../model/metric.ts';
import type { CorrelatorOutput, PlaybackDelta, RenditionSwitch } from '../model/output.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { RequestReport } from '../model/request.ts';
import type { CutReason, SessionRef, SessionSummary, ViewerDimensions } from '../model/session.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import { AudienceMetrics } from './audience.ts';
import { type ConcurrencySnapshot, LiveAudienceMetrics } from './audience-live.ts';
import { DeliveryMetrics } from './delivery.ts';
import { FailoverMetrics } from './failover.ts';
import { Families } from './families.ts';
import { IntakeMetrics } from './intake.ts';
import { JoinMetrics } from './joins.ts';
import { LabelSpace } from './label-space.ts';
import { BOUNDS, type Bounds, type BudgetName } from './labels.ts';
import { LatestTime } from './latest-time.ts';
import { OverflowMetrics } from './overflow.ts';
import { PlaybackMetrics } from './playback.ts';
import type { MetricsSnapshot } from './snapshot.ts';

export type { ConcurrencySnapshot } from './audience-live.ts';
export type { MetricsSnapshot } from './snapshot.ts';

export type MetricsOptions = {
  /** Distinct values per open label, at most BUDGET_LIMITS; what is not named keeps its default. */
  readonly budgets?: Partial<Record<BudgetName, number>>;
  /** Contents with a concurrent viewer series of their own. */
  readonly contentTop?: number;
  /** What is configured has its label values before anybody else can spend the budgets. */
  readonly sources?: readonly Source[];
  /** Series one metric may have before the rest becomes its all-`other` series. */
  readonly seriesBudget?: number;
};

const SERIES_BUDGET = 65_536;

/** Domain metrics of one partition or worker; instances are added up with `snapshot` and `merge`. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const bounds = { ...BOUNDS, ...options.budgets, content: options.contentTop ?? BOUNDS.content };
  return new Metrics(bounds, options.seriesBudget ?? SERIES_BUDGET, options.sources ?? []);
}

export class Metrics implements CorrelatorOutput {
  readonly #time = new LatestTime();
  readonly #families: Families;
  readonly #overflow: OverflowMetrics;
  readonly #playback: PlaybackMetrics;
  readonly #delivery: DeliveryMetrics;
  readonly #failover: FailoverMetrics;
  readonly #live: LiveAudienceMetrics;
  readonly #audience: AudienceMetrics;
  readonly #intake: IntakeMetrics;
  readonly #joins: JoinMetrics;

  constructor(bounds: Bounds, seriesBudget: number, sources: readonly Source[]) {
    const space = new LabelSpace(bounds, (bound) => this.#overflow.label(bound));
    for (const source of sources) space.reserve(source);
    this.#families = new Families(space, seriesBudget);
    this.#playback = new PlaybackMetrics(this.#families, this.#time);
    this.#delivery = new DeliveryMetrics(this.#families, this.#time);
    this.#failover = new FailoverMetrics(this.#families, this.#time);
    this.#live = new LiveAudienceMetrics(this.#families);
    this.#audience = new AudienceMetrics(this.#families);
    this.#intake = new IntakeMetrics(this.#families);
    this.#joins = new JoinMetrics(this.#families);
    this.#overflow = new OverflowMetrics(this.#families);
  }

  /** Time of the pipeline's clock: dates exemplars. Records' `receivedMs` advance it too. */
  tick(nowMs: UnixMs): void {
    this.#time.see(nowMs);
  }

  receive(source: Source): void {
    this.#intake.receive(source);
  }

  reject(sourceName: string, reason: RejectReason | ReceiverReason, count: number): void {
    this.#intake.reject(sourceName, reason, count);
  }

  duplicate(source: Source): void {
    this.#intake.duplicate(source);
  }

  /** Times in records of this source that no clock should show. */
  suspectClock(sourceName: string, count: number): void {
    this.#intake.suspectClock(sourceName, count);
  }

  late(source: Source): void {
    this.#intake.late(source);
  }

  /** Players report the same requests again, so their halves are not counted here but in `request`. */
  delivery(report: RequestReport): void {
    if (report.source.tier === 'player') return;
    this.#delivery.delivery(report);
  }

  sessionStarted(_session: SessionRef, dimensions: ViewerDimensions, _atMs: UnixMs): void {
    this.#playback.sessionStarted(dimensions);
  }

  startup(session: SessionRef, dimensions: ViewerDimensions, startupMs: number): void {
    this.#playback.startup(session, dimensions, startupMs);
  }

  seek(session: SessionRef, dimensions: ViewerDimensions, seekMs: number): void {
    this.#playback.seek(session, dimensions, seekMs);
  }

  playback(_session: SessionRef, dimensions: ViewerDimensions, delta: PlaybackDelta): void {
    this.#playback.playback(dimensions, delta);
  }

  renditionSwitch(session: SessionRef, dimensions: ViewerDimensions, change: RenditionSwitch): void {
    this.#playback.renditionSwitch(session, dimensions, change);
  }

  liveLatency(session: SessionRef, dimensions: ViewerDimensions, latencyMs: number): void {
    this.#playback.liveLatency(session, dimensions, latencyMs);
  }

  playbackError(session: SessionRef, dimensions: ViewerDimensions, event: PlayerEvent): void {
    this.#time.see(event.receivedMs);
    this.#playback.playbackError(session, dimensions, event);
  }

  request(session: SessionRef, request: JoinedRequest): void {
    this.#delivery.request(session, request);
    this.#joins.request(request);
  }

  unjoined(report: RequestReport): void {
    this.#joins.unjoined(report);
  }

  cdnSwitch(session: SessionRef, change: CdnSwitch): void {
    this.#failover.cdnSwitch(session, change);
  }

  incident(session: SessionRef, dimensions: ViewerDimensions, incident: Incident): void {
    this.#playback.incident(session, dimensions, incident);
    this.#failover.incident(session, incident);
  }

  sessionClosed(summary: SessionSummary, incidents: readonly Incident[], cut: CutReason): void {
    this.#playback.sessionClosed(summary, incidents, cut);
  }

  concurrency(snapshot: ConcurrencySnapshot): void {
    this.#live.concurrency(snapshot);
  }

  audience(dimensions: ViewerDimensions, counts: AudienceCounts): void {
    this.#audience.audience(dimensions, counts);
  }

  excluded(reason: AudienceExclusion, count: number): void {
    this.#audience.excluded(reason, count);
  }

  /** What an exporter reads at scrape time. */
  families(): readonly MetricFamily[] {
    this.#overflow.settle();
    return this.#families.all();
  }

  snapshot(): MetricsSnapshot {
    this.#overflow.settle();
    return this.#families.all().map((family) => family.snapshot());
  }

  /** Everything is as it was when the snapshot was taken, whatever was counted since. */
  restore(snapshot: MetricsSnapshot): void {
    this.#overflow.settle();
    for (const family of this.#families.all()) family.zero();
    this.merge(snapshot);
  }

  /** Adds what another instance counted, gauges too: partitions share no session. Unknown names are left out. */
  merge(snapshot: MetricsSnapshot): void {
    for (const family of snapshot) this.#families.get(family.name)?.merge(family);
  }
}
