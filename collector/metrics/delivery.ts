/**
 * HOT PATH (bench: test/bench/metrics.ts): `delivery` runs once per log line. No string is built and no object made;
 * labels become integers through Maps and through the last value seen of the same source.
 */
import type { JoinedRequest } from '../model/joined-request.ts';
import { isMediaObject } from '../model/media.ts';
import type { RequestReport } from '../model/request.ts';
import type { SessionRef } from '../model/session.ts';
import type { Source } from '../model/source.ts';
import { CellMap } from './cells.ts';
import type { Families } from './families.ts';
import type { HistogramFamily, ValueFamily } from './family.ts';
import type { LabelSet } from './label-set.ts';
import { CACHE, CLIENT_ERROR, GENERATED_BY, OBJECT_TYPE, POP, SOURCE, STATUS, STATUS_CLASS } from './labels.ts';
import type { LatestTime } from './latest-time.ts';

const MIN_THROUGHPUT_BYTES = 64 * 1024;
const MIN_THROUGHPUT_MS = 50;
const CLIENT_CLOSED_REQUEST = 499;

/** What one source contributes to every key. */
type Origin = {
  readonly source: Source;
  readonly emitter: number;
  readonly lagCell: number;
  readonly weight: number;
  /** The last site seen and its id: most logs are of one site, and others come in runs. */
  pop: string;
  popId: number;
};

export class DeliveryMetrics {
  readonly #families: Families;
  readonly #time: LatestTime;
  readonly #requests: ValueFamily;
  readonly #errors: ValueFamily;
  readonly #clientErrors: ValueFamily;
  readonly #bytes: ValueFamily;
  readonly #ttfb: HistogramFamily;
  readonly #throughput: HistogramFamily;
  readonly #playerThroughput: HistogramFamily;
  readonly #lag: HistogramFamily;
  readonly #pops: LabelSet;
  readonly #objectTypes: LabelSet;
  readonly #caches: LabelSet;
  readonly #statuses: LabelSet;
  readonly #generators: LabelSet;
  readonly #clientErrorReasons: LabelSet;
  /** By the cells of `#requests`. */
  readonly #bytesCells = new CellMap();
  readonly #ttfbCells = new CellMap();
  readonly #throughputCells = new CellMap();
  /** Class ids by status / 100. */
  readonly #classes: Int32Array;
  readonly #abort: number;
  /** By status - 500. */
  readonly #statusIds: number[] = [];
  /** By `source.index`. */
  readonly #origins: Origin[] = [];

  constructor(families: Families, time: LatestTime) {
    this.#families = families;
    this.#time = time;
    this.#requests = families.counter('playpath_requests_total');
    this.#errors = families.counter('playpath_request_errors_total');
    this.#clientErrors = families.counter('playpath_client_errors_total');
    this.#bytes = families.counter('playpath_response_bytes_total');
    this.#ttfb = families.histogram('playpath_ttfb_seconds');
    this.#throughput = families.histogram('playpath_throughput_bits_per_second');
    this.#playerThroughput = families.histogram('playpath_player_throughput_bits_per_second');
    this.#lag = families.histogram('playpath_event_lag_seconds');
    // What has no series of its own in requests has none in the others: all of it is `other` there too.
    for (const cells of [this.#bytesCells, this.#ttfbCells, this.#throughputCells]) cells.set(0, 0);
    const { space } = families;
    this.#pops = space.column(POP);
    this.#objectTypes = space.column(OBJECT_TYPE);
    this.#caches = space.column(CACHE);
    this.#statuses = space.column(STATUS);
    this.#generators = space.column(GENERATED_BY);
    this.#clientErrorReasons = space.column(CLIENT_ERROR);
    const classes = space.column(STATUS_CLASS);
    this.#abort = classes.id('abort');
    this.#classes = Int32Array.from(['abort', '1xx', '2xx', '3xx', '4xx', '5xx'], (name) => classes.id(name));
  }

  delivery(report: RequestReport): void {
    this.#time.see(report.receivedMs);
    const origin = this.#origin(report.source);
    const { emitter, weight } = origin;
    const pop = this.#pop(origin, report.pop);
    const objectType = this.#objectTypes.id(report.objectType);
    const statusClass = this.#class(report.status);
    const cache = this.#caches.id(report.cacheStatus);

    // The series of requests has all labels of the other three, so their cells follow from its cell.
    const line = this.#requests.cell(this.#requests.layout.key(emitter, pop, objectType, statusClass, cache));
    this.#requests.addTo(line, weight);
    if (report.status >= 400) this.#refused(report, origin, pop, objectType, weight);

    const bytes = report.bodyBytes >= 0 ? report.bodyBytes : report.totalBytes;
    if (bytes > 0) {
      let cell = this.#bytesCells.get(line);
      if (cell < 0) {
        cell = this.#bytesCells.set(line, this.#bytes.cell(this.#bytes.layout.key(emitter, pop, statusClass, cache)));
      }
      this.#bytes.addTo(cell, bytes * weight);
    }
    if (report.ttfbMs >= 0) {
      let cell = this.#ttfbCells.get(line);
      if (cell < 0)
        cell = this.#ttfbCells.set(line, this.#ttfb.cell(this.#ttfb.layout.key(emitter, objectType, cache)));
      this.#ttfb.observeIn(cell, report.ttfbMs / 1000, weight);
    }
    const bitsPerSecond = throughput(report);
    if (bitsPerSecond > 0) {
      let cell = this.#throughputCells.get(line);
      if (cell < 0) {
        cell = this.#throughputCells.set(line, this.#throughput.cell(this.#throughput.layout.key(emitter, objectType)));
      }
      this.#throughput.observeIn(cell, bitsPerSecond, weight);
    }
    this.#lag.observeIn(origin.lagCell, lagSeconds(report), 1);
  }

  /** The player's half of a joined request, and the trace that explains the edge's. */
  request(session: SessionRef, request: JoinedRequest): void {
    const { player, edge } = request;
    const objectType = this.#objectTypes.id(request.objectType);
    if (player !== null) this.#player(session, request, player, objectType);
    if (edge !== null) this.#exemplify(session, edge.report);

    // Only the edge line carries it when the player sends CMCD with its requests and not as events.
    let measuredKbps = player?.cmcd.measuredKbps ?? Number.NaN;
    if (Number.isNaN(measuredKbps) && edge !== null) measuredKbps = edge.report.cmcd.measuredKbps;
    if (measuredKbps > 0) {
      const cdn = this.#families.space.cdn.id(request.cdn);
      this.#playerThroughput.observe(this.#playerThroughput.layout.key(cdn), measuredKbps * 1000, 1);
    }
  }

  #player(session: SessionRef, request: JoinedRequest, player: RequestReport, objectType: number): void {
    const emitter = this.#families.space.emitter(request.cdn, 'player');
    const weight = weightOf(player.source);
    if (player.ttfbMs >= 0) {
      const cache = this.#caches.id(request.edge?.report.cacheStatus ?? '');
      const key = this.#ttfb.layout.key(emitter, objectType, cache);
      this.#ttfb.observe(key, player.ttfbMs / 1000, weight);
      this.#ttfb.exemplify(key, session.traceId, player.ttfbMs / 1000, this.#time.latestMs);
    }
    const bitsPerSecond = throughput(player);
    if (bitsPerSecond > 0) {
      this.#throughput.observe(this.#throughput.layout.key(emitter, objectType), bitsPerSecond, weight);
    }
  }

  /** `delivery` counted this report before its session was known. */
  #exemplify(session: SessionRef, report: RequestReport): void {
    const origin = this.#origin(report.source);
    const objectType = this.#objectTypes.id(report.objectType);
    const atMs = this.#time.latestMs;
    if (report.ttfbMs >= 0) {
      const key = this.#ttfb.layout.key(origin.emitter, objectType, this.#caches.id(report.cacheStatus));
      this.#ttfb.exemplify(key, session.traceId, report.ttfbMs / 1000, atMs);
    }
    if (report.status >= 500) {
      const key = this.#errorKey(report, origin, this.#pop(origin, report.pop), objectType);
      this.#errors.exemplify(key, session.traceId, 1, atMs);
    }
  }

  #refused(report: RequestReport, origin: Origin, pop: number, objectType: number, weight: number): void {
    const { status } = report;
    if (status >= 500 && status < 600) {
      this.#errors.add(this.#errorKey(report, origin, pop, objectType), weight);
    } else if (status < 500 && status !== CLIENT_CLOSED_REQUEST) {
      const reason = this.#clientErrorReasons.id(clientErrorReason(report));
      this.#clientErrors.add(this.#clientErrors.layout.key(origin.emitter, objectType, reason), weight);
    }
  }

  #errorKey(report: RequestReport, origin: Origin, pop: number, objectType: number): number {
    const { tier } = origin.source;
    const generatedBy = this.#generators.id(report.isGeneratedUpstream ? 'origin' : tier);
    const at = report.status - 500;
    this.#statusIds[at] ??= this.#statuses.id(String(report.status));
    const status = this.#statusIds[at];
    return this.#errors.layout.key(origin.emitter, pop, objectType, status, generatedBy);
  }

  #class(status: number): number {
    if (status === CLIENT_CLOSED_REQUEST) return this.#abort;
    // NaN and 0 are no status at all: they divide to 0, which is abort.
    return this.#classes[(status / 100) | 0] ?? 0;
  }

  #pop(origin: Origin, pop: string): number {
    if (pop !== origin.pop) {
      origin.pop = pop;
      origin.popId = this.#pops.id(pop);
    }
    return origin.popId;
  }

  #origin(source: Source): Origin {
    const known = this.#origins[source.index];
    if (known !== undefined && known.source === source) return known;
    const emitter = this.#families.space.emitter(source.emitter, source.tier);
    const lagCell = this.#lag.cell(this.#lag.layout.key(this.#families.space.column(SOURCE).id(source.name)));
    const origin = { source, emitter, lagCell, weight: weightOf(source), pop: '', popId: this.#pops.id('') };
    this.#origins[source.index] = origin;
    return origin;
  }
}

/** A source that writes a tenth of its lines stands for ten requests with each. */
function weightOf(source: Source): number {
  return 1 / source.sampleRate;
}

/** Bits per second of the body; NaN when it is too small or too quick to say anything about a network. */
function throughput(report: RequestReport): number {
  const transferMs = report.durationMs - report.ttfbMs;
  if (!(report.bodyBytes >= MIN_THROUGHPUT_BYTES && transferMs >= MIN_THROUGHPUT_MS)) return Number.NaN;
  return (report.bodyBytes * 8_000) / transferMs;
}

/** From the end of the exchange, or its begin where the log has no duration, to its arrival here. */
function lagSeconds(report: RequestReport): number {
  const endMs = report.durationMs >= 0 ? report.startMs + report.durationMs : report.startMs;
  const lagMs = report.receivedMs - endMs;
  // A log clock that runs ahead of ours would count as negative time; the line arrived at once.
  return lagMs < 0 ? 0 : lagMs / 1000;
}

function clientErrorReason(report: RequestReport): string {
  switch (report.status) {
    case 401:
    case 403:
      return 'token';
    case 404:
      return report.cmcd.streamType === 'live' && isMediaObject(report.objectType) ? 'live_edge' : 'not_found';
    case 410:
      return 'not_found';
    case 416:
      return 'range';
    case 429:
      return 'rate_limit';
    default:
      return 'other';
  }
}
