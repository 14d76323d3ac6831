import { type AudioRequest, requestKindOf } from './audio-request.ts';
import { ByteRanges } from './byte-ranges.ts';
import { DELIVERED_STREAM_MS, VALID_BYTES } from './limits.ts';

/** What the rules make of one window so far; seconds are NaN when they cannot be known. */
export type ListenTotals = {
  readonly starts: 0 | 1;
  readonly streams: 0 | 1;
  readonly downloads: 0 | 1;
  readonly consumptionSeconds: number;
};

/** A listen as it is written down. */
export type ListenRecord = {
  readonly ranges: readonly (readonly [first: number, end: number])[];
  readonly unplacedBytes: number;
  readonly downloadBytes: number;
  readonly segments: readonly (readonly [path: string, bytes: number])[] | null;
  readonly segmentBytes: number;
  readonly liveBytes: number;
  readonly liveMs: number;
  readonly segmentMs: number;
  readonly bitrateKbps: number;
};

/**
 * Everything one device did with one content inside one window, known from log lines only. Nothing depends on the
 * order of lines. Whole files are measured in bytes, segments in media seconds, live connections by the clock.
 */
export class Listen {
  readonly #assumedKbps: number;
  readonly #ranges = new ByteRanges();
  /** Bytes of parts whose place is unknown: an upper bound, because repeats cannot be told. */
  #unplacedBytes = 0;
  #downloadBytes = 0;
  /** Distinct segments while their bytes still matter. */
  #segments: Map<string, number> | null = new Map();
  #segmentBytes = 0;
  #liveBytes = 0;
  #liveMs = 0;
  #segmentMs = 0;
  #bitrateKbps = Number.NaN;

  /** `assumedKbps`: of files whose player does not name their bitrate. */
  constructor(assumedKbps: number) {
    this.#assumedKbps = assumedKbps;
  }

  static from(record: ListenRecord, assumedKbps: number): Listen {
    const listen = new Listen(assumedKbps);
    for (const [first, end] of record.ranges) listen.#ranges.add(first, end - first);
    listen.#unplacedBytes = record.unplacedBytes;
    listen.#downloadBytes = record.downloadBytes;
    listen.#segments = record.segments && new Map(record.segments);
    listen.#segmentBytes = record.segmentBytes;
    listen.#liveBytes = record.liveBytes;
    listen.#liveMs = record.liveMs;
    listen.#segmentMs = record.segmentMs;
    listen.#bitrateKbps = record.bitrateKbps;
    return listen;
  }

  record(): ListenRecord {
    return {
      ranges: this.#ranges.ranges,
      unplacedBytes: this.#unplacedBytes,
      downloadBytes: this.#downloadBytes,
      segments: this.#segments && [...this.#segments],
      segmentBytes: this.#segmentBytes,
      liveBytes: this.#liveBytes,
      liveMs: this.#liveMs,
      segmentMs: this.#segmentMs,
      bitrateKbps: this.#bitrateKbps,
    };
  }

  /** One line. What no rule counts adds nothing. */
  add(request: AudioRequest, isSegment: boolean): void {
    const kind = requestKindOf(request, isSegment);
    const bytes = Number.isNaN(request.bytes) ? 0 : request.bytes;
    if (kind === 'download') this.#downloadBytes = Math.max(this.#downloadBytes, bytes);
    if (kind !== 'start') return;
    if (isSegment) this.#addSegment(request.path, bytes);
    else if (request.status === 200) {
      this.#liveBytes += bytes;
      if (request.durationMs > 0) this.#liveMs += request.durationMs;
    } else this.#addPart(request, bytes);
  }

  /** Media time of segments, each counted once by who saw them. */
  addSegmentTime(deliveredMs: number): void {
    if (deliveredMs > 0) this.#segmentMs += deliveredMs;
  }

  totals(): ListenTotals {
    const partBytes = this.#ranges.bytes + this.#unplacedBytes;
    const isStart = partBytes + this.#segmentBytes + this.#liveBytes >= VALID_BYTES;
    const partMs = (partBytes * 8) / this.#kbps;
    const deliveredMs = isStart ? partMs + this.#segmentMs + this.#liveMs : 0;
    return {
      starts: isStart ? 1 : 0,
      streams: isStart && deliveredMs >= DELIVERED_STREAM_MS ? 1 : 0,
      downloads: this.#downloadBytes >= VALID_BYTES ? 1 : 0,
      consumptionSeconds: deliveredMs / 1000,
    };
  }

  get #kbps(): number {
    return this.#bitrateKbps > 0 ? this.#bitrateKbps : this.#assumedKbps;
  }

  #addPart({ firstByte, bitrateKbps }: AudioRequest, bytes: number): void {
    if (Number.isNaN(firstByte)) this.#unplacedBytes += bytes;
    else this.#ranges.add(firstByte, bytes);
    // The lowest of several: consumption may only grow, and must not depend on which line came first.
    if (bitrateKbps > 0 && !(this.#bitrateKbps <= bitrateKbps)) this.#bitrateKbps = bitrateKbps;
  }

  #addSegment(path: string, bytes: number): void {
    if (this.#segments === null) return;
    const known = this.#segments.get(path) ?? 0;
    if (bytes <= known) return;
    this.#segmentBytes += bytes - known;
    this.#segments.set(path, bytes);
    if (this.#segmentBytes >= VALID_BYTES) this.#segments = null;
  }
}
