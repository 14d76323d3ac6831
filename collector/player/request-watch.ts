import { nowMs, unixMs } from './clock.ts';
import type { Emit } from './element-watch.ts';
import { guard } from './listeners.ts';
import { cmcdSession, isMediaUrl, isPlaylistUrl, parseUrl, withoutSecrets } from './media-url.ts';
import type { FailedRequest } from './player-adapter.ts';

/** Between a player's report of a failure and Resource Timing's there is at most this; one of them may be missing. */
const PATIENCE_MS = 1500;
/** A CDN is in use when this many segments in a row came from it: audio and video may well live on two hosts. */
const SEGMENTS_OF_A_MOVE = 3;
/** Bad signs and commands that explain a move to another CDN, the better explanation later in the list. */
const TROUBLES = ['unknown', 'steering', 'stall', 'timeout', '5xx'];
const TROUBLE_WINDOW_MS = 30_000;

export type RequestWatchOptions = {
  readonly emit: Emit;
  /** Requests that began before are not ours. */
  readonly sinceMs: number;
  /** Is told the CMCD session id of a request; answers whether the request is ours. */
  readonly owns: (sid: string) => boolean;
};

/** A request of the last moments; `failed` until Resource Timing has shown what the player said. */
type Remembered = { readonly path: string; readonly atMs: number; failed?: FailedRequest | undefined };

/**
 * The player's half of every media request, from Resource Timing: what hls.js and Shaka keep to themselves when it
 * failed, and what no player knows about CDN ids. Also which CDN is in use, told by the host of the segments.
 */
export class RequestWatch {
  readonly #options: RequestWatchOptions;
  readonly #observer: PerformanceObserver;
  #remembered: Remembered[] = [];
  #host = '';
  #nextHost = '';
  #nextSinceMs = 0;
  #nextSegments = 0;
  #trouble = 0;
  #troubleAtMs = 0;

  constructor(options: RequestWatchOptions) {
    this.#options = options;
    this.#observer = new PerformanceObserver(guard((list) => this.#read(list.getEntries())));
    this.#observer.observe({ type: 'resource', buffered: true });
  }

  /** Host of the segments, '' before the first. */
  get cdnHost(): string {
    return this.#host;
  }

  /** Notes one of TROUBLES; the best recent one explains the next move to another CDN. */
  trouble(reason: string): void {
    const trouble = TROUBLES.indexOf(reason);
    if (trouble < this.#troubleAt(nowMs())) return;
    this.#trouble = trouble;
    this.#troubleAtMs = nowMs();
  }

  /** The player gave up on a request; reported from here only when Resource Timing does not show it. */
  failed(failed: FailedRequest): void {
    const path = pathOf(failed.url);
    if (!path) return;
    this.#noteTrouble(failed.status, failed.isTimeout);
    if (!this.#find(path, nowMs(), false)) this.#remembered.push({ path, atMs: nowMs(), failed });
  }

  /** To be called now and then: sends the failures Resource Timing has not shown in time. */
  settle(): void {
    this.#sendUnshown(nowMs() - PATIENCE_MS);
  }

  /** Sends what is known by now. */
  flush(): void {
    this.#read(this.#observer.takeRecords());
    this.#sendUnshown(nowMs());
  }

  close(): void {
    this.#observer.disconnect();
  }

  #read(entries: PerformanceEntryList): void {
    for (const entry of entries) this.#entry(entry as PerformanceResourceTiming);
  }

  #entry(entry: PerformanceResourceTiming): void {
    const { responseStart, startTime, duration, responseStatus, encodedBodySize, initiatorType, serverTiming } = entry;
    const url = parseUrl(entry.name);
    const startMs = unixMs(startTime);
    if (!url || startMs < this.#options.sinceMs || !isMediaUrl(url) || !this.#options.owns(cmcdSession(url))) return;
    const endMs = unixMs(startTime + duration);
    const path = pathOf(entry.name);
    const said = this.#find(path, endMs, true);
    const isSaidTimeout = said?.failed?.isTimeout;
    if (said) said.failed = undefined;
    else this.#remembered.push({ path, atMs: endMs });
    // Older browsers have no responseStatus, and a <video> request hides it: only a script's request without an
    // answer and without a byte is known to have failed.
    const hasFailed = responseStatus === 0 && !encodedBodySize && /^(xmlh|fetch)/.test(initiatorType);
    const isTimeout = hasFailed && isSaidTimeout;
    const timing = (name: string) => serverTiming?.find((metric) => metric.name === name)?.description;
    this.#options.emit('request', {
      ts: endMs,
      url: withoutSecrets(url),
      startMs,
      ttfbMs: responseStart ? responseStart - startTime : undefined,
      durationMs: duration,
      status: responseStatus || undefined,
      bytes: encodedBodySize || undefined,
      requestId: timing('cdn-rid'),
      pop: timing('cdn-pop'),
      error: isTimeout ? 'timeout' : hasFailed ? (responseStart ? 'client_abort' : 'no_response') : undefined,
    });
    this.#noteTrouble(responseStatus, isTimeout);
    if (!hasFailed && !(responseStatus >= 400) && !isPlaylistUrl(url)) this.#served(url.host, startMs);
  }

  #noteTrouble(status = 0, isTimeout = false): void {
    if (isTimeout) this.trouble('timeout');
    if (status >= 500) this.trouble('5xx');
  }

  /** Players report failures without CMCD and `rid` in the URL, and a moment before or after the browser does. */
  #find(path: string, atMs: number, hasFailed: boolean): Remembered | undefined {
    return this.#remembered.find(
      (one) => !!one.failed === hasFailed && one.path === path && Math.abs(one.atMs - atMs) < PATIENCE_MS,
    );
  }

  #sendUnshown(beforeMs: number): void {
    this.#remembered = this.#remembered.filter(({ path, atMs, failed }) => {
      if (atMs > beforeMs) return true;
      if (failed) {
        const { status, isTimeout } = failed;
        const error = isTimeout ? 'timeout' : status ? undefined : 'no_response';
        this.#options.emit('request', { ts: atMs, url: path, status: status || undefined, error });
      }
      return false;
    });
  }

  #served(host: string, startMs: number): void {
    this.#host ||= host;
    if (host === this.#host) this.#nextHost = '';
    else if (host !== this.#nextHost) {
      this.#nextHost = host;
      this.#nextSinceMs = startMs;
      this.#nextSegments = 1;
    } else if (++this.#nextSegments === SEGMENTS_OF_A_MOVE) {
      this.#host = host;
      const reason = TROUBLES[this.#troubleAt(this.#nextSinceMs)];
      this.#options.emit('cdn', { ts: this.#nextSinceMs, cdn: host, reason });
    }
  }

  #troubleAt(atMs: number): number {
    return atMs - this.#troubleAtMs < TROUBLE_WINDOW_MS ? this.#trouble : 0;
  }
}

/** Origin and path, '' when it is no URL. */
function pathOf(url: string): string {
  const parsed = parseUrl(url);
  return parsed ? parsed.origin + parsed.pathname : '';
}
