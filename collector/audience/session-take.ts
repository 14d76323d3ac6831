import type { Client } from '../model/client.ts';
import type { RequestReport } from '../model/request.ts';
import type { ViewerDimensions } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import { type AudioRequest, audioRequestOf } from './audio-request.ts';
import { VALID_BYTES } from './limits.ts';

/** Extensions that only segments have. */
const SEGMENT = /\.(?:m4s|cmfa|ts|isma)$/i;
/** CMCD `sf`: DASH, HLS, Smooth Streaming. */
const SEGMENTED_FORMATS = 'dhs';
/** Requests that wait for their session's class; segments are no longer kept once they surely passed the byte rule. */
const MAX_REQUESTS = 128;
const ENOUGH_SEGMENT_BYTES = 2 * VALID_BYTES;
/** A listener who goes on is counted this often: until then a player may still report. */
const HAND_OVER_MS = 10 * 60_000;

/** What is known of one open session, until its class is. */
export class SessionTake {
  readonly dimensions: ViewerDimensions;
  client: Client | null;
  readonly beginMs: UnixMs;
  isReported = false;
  hasVideo = false;
  /** Begin of the first picture a server really gave; NaN before. */
  videoMs: UnixMs = Number.NaN;
  isSegmented = false;
  requests: AudioRequest[] = [];
  /** Media time the segments delivered since the last hand-over. */
  deliveredMs = 0;
  playedMs = 0;
  isStarted = false;
  isStream = false;
  /** Newest sound so far; NaN without any. */
  latestMs: UnixMs = Number.NaN;
  #firstMs: UnixMs = Number.NaN;
  #segmentBytes = 0;

  constructor(dimensions: ViewerDimensions, client: Client | null, beginMs: UnixMs) {
    this.beginMs = beginMs;
    this.dimensions = dimensions;
    this.client = client;
  }

  addAudio(report: RequestReport): void {
    const { streamingFormat } = report.cmcd;
    if (SEGMENT.test(report.path) || (streamingFormat !== '' && SEGMENTED_FORMATS.includes(streamingFormat))) {
      this.isSegmented = true;
    }
    if (!(this.#firstMs <= report.startMs)) this.#firstMs = report.startMs;
    if (!(this.latestMs >= report.startMs)) this.latestMs = report.startMs;
    if (this.isSegmented && this.#segmentBytes >= ENOUGH_SEGMENT_BYTES) return;
    const request = audioRequestOf(report);
    if (request.bytes > 0) this.#segmentBytes += request.bytes;
    this.requests.push(request);
  }

  /** There is so much, or it is so long ago, that the windows should hear of it. */
  isDue(nowMs: UnixMs): boolean {
    return this.requests.length >= MAX_REQUESTS || nowMs - this.#firstMs >= HAND_OVER_MS;
  }

  /** What waited was handed over, or belongs to a player. */
  clear(): void {
    this.requests = [];
    this.deliveredMs = 0;
    this.#firstMs = Number.NaN;
    this.#segmentBytes = 0;
  }
}
