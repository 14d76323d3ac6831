import { type Blame, type Choice, causeOfFailure } from './blame.ts';
import type { Rendition } from './catalogue.ts';
import type { CdnPath } from './cdn-path.ts';
import { type Ending, type Exchange, Requester } from './exchange.ts';
import { isVideoSegment, type Lane, laneOf, plannedEnd } from './lane.ts';
import { initOf, type MediaObject, masterOf, playlistOf, segmentCount, segmentOf } from './media-object.ts';
import type { Playback } from './playback.ts';
import type { PlayerPolicy } from './player-policy.ts';
import type { RateChooser } from './rate-chooser.ts';
import type { SessionFacts } from './session-facts.ts';

/** What the downloader tells the session it loads for. */
export interface DownloadListener {
  /** The query to send with a request. */
  queryFor(object: MediaObject, nowMs: number): { readonly query: string; readonly rid: string };
  isForbidden(nowMs: number): boolean;
  masterLoaded(nowMs: number): void;
  appended(nowMs: number): void;
  chosen(from: Rendition, to: Rendition, nowMs: number): void;
  /** An exchange is over, well or not. */
  ended(exchange: Exchange): void;
  /** All tries of a request failed. */
  retriesSpent(exchange: Exchange, nowMs: number): void;
  /** Nothing helps any more. */
  gaveUp(exchange: Exchange, nowMs: number): void;
}

const AUDIO: Rendition = { index: 0, kbps: Number.NaN, height: 0 };

/** Fetches what playback needs next, one request per track at a time: ABR, retries, timeouts, failover, live polling. */
export class Downloader {
  readonly lanes: readonly Lane[];
  rendition: Rendition;
  /** Newest live segment the player knows of. */
  newest = -1;
  readonly #facts: SessionFacts;
  readonly #policy: PlayerPolicy;
  readonly #listener: DownloadListener;
  readonly #playback: Playback;
  readonly #chooser: RateChooser;
  readonly #path: CdnPath;
  readonly #requester: Requester;
  readonly #blame: Blame;
  readonly #poll: Lane;
  readonly #playlists = new Set<number>();
  #hasMaster = false;
  #isClosed = false;
  #isFailingOver = false;
  #polledMs = Number.NaN;

  constructor(
    facts: SessionFacts,
    listener: DownloadListener,
    playback: Playback,
    chooser: RateChooser,
    path: CdnPath,
    blame: Blame,
  ) {
    this.#facts = facts;
    this.#policy = facts.policy;
    this.#listener = listener;
    this.#playback = playback;
    this.#chooser = chooser;
    this.#path = path;
    this.#blame = blame;
    this.#requester = new Requester(facts.viewer, facts.line, facts.random.fork(7));
    this.lanes = facts.tracks.map((track) => laneOf(track, false));
    this.#poll = laneOf('video', true);
    const startIndex = facts.policy.packaging === 'dash' ? 1 : 0;
    this.rendition = facts.content.ladder[startIndex] as Rendition;
  }

  get #choice(): Choice {
    return { lowestKbps: (this.#facts.content.ladder[0] as Rendition).kbps, chosenIndex: this.rendition.index };
  }

  /** Everything a title has is loaded. */
  get isComplete(): boolean {
    const { content } = this.#facts;
    return !content.isLive && this.lanes.every((lane) => lane.next >= segmentCount(content));
  }

  pump(nowMs: number): void {
    for (const lane of this.lanes) this.#step(lane, nowMs);
  }

  /** Throws the buffer's plans away and loads from `mediaMs` on. */
  restart(mediaMs: number, nowMs: number): void {
    for (const lane of this.lanes) {
      this.#abort(lane, 'left', nowMs);
      lane.next = Math.floor(mediaMs / this.#facts.content.segmentMs);
      lane.attempts = 0;
      lane.chosenFor = -1;
    }
    this.pump(nowMs);
  }

  /** The page is gone: what is in flight ends here. */
  close(nowMs: number): void {
    this.#isClosed = true;
    for (const lane of [...this.lanes, this.#poll]) this.#abort(lane, 'left', nowMs);
  }

  /** A steering server took a CDN off the list. */
  steerAway(cdn: string, nowMs: number): void {
    if (!this.#isClosed && this.#path.steerAway(cdn, nowMs)) this.#forgetCdn();
  }

  #step(lane: Lane, nowMs: number): void {
    if (this.#isClosed || lane.inflight !== null || lane.isWaiting) return;
    this.#playback.advance(nowMs);
    if (lane.track === 'video' && this.#path.returnHome(nowMs)) this.#forgetCdn();
    const object = lane.isPoll ? this.#liveList() : this.#need(lane, nowMs);
    if (object === null) return;
    const network = this.#path.at(nowMs);
    const { query, rid } = this.#listener.queryFor(object, nowMs);
    const isForbidden = this.#listener.isForbidden(nowMs);
    const exchange = this.#requester.send(object, network, this.#path.host(nowMs), query, rid, isForbidden, nowMs);
    lane.inflight = exchange;
    if (isVideoSegment(object)) this.#path.sent(exchange);
    const policy = this.#facts.isStubborn() ? { ...this.#policy, abandons: false } : this.#policy;
    const [endMs, ending] = plannedEnd(exchange, policy, this.#playback, nowMs);
    this.#facts.at(endMs, () => {
      if (lane.inflight !== exchange) return;
      if (ending === 'ok') this.#requester.finish(exchange);
      else this.#requester.cut(exchange, ending, endMs);
      lane.inflight = null;
      this.#settle(lane, exchange, endMs);
    });
  }

  /** The next object of a track; null while there is nothing to do. */
  #need(lane: Lane, nowMs: number): MediaObject | null {
    const { content } = this.#facts;
    const { packaging } = this.#policy;
    const isVideo = lane.track === 'video';
    if (!this.#hasMaster) return isVideo ? masterOf(content, packaging) : null;
    if (isVideo && packaging === 'hls' && !this.#playlists.has(this.rendition.index)) {
      return playlistOf(content, this.rendition);
    }
    if (content.isLive ? lane.next > this.newest : lane.next >= segmentCount(content)) return null;
    const aheadMs = this.#playback.aheadMs(lane.track);
    if (aheadMs >= this.#policy.targetBufferMs) {
      this.#sleep(lane, nowMs + aheadMs - this.#policy.targetBufferMs + 5);
      return null;
    }
    if (isVideo && lane.chosenFor !== lane.next) {
      lane.chosenFor = lane.next;
      this.#choose(this.#chooser.choose(this.rendition, this.#playback.bufferMs, this.#policy.targetBufferMs), nowMs);
      if (packaging === 'hls' && !this.#playlists.has(this.rendition.index)) return playlistOf(content, this.rendition);
    }
    const rendition = isVideo ? this.rendition : AUDIO;
    if (!lane.inits.has(rendition.index)) return initOf(content, packaging, lane.track, rendition);
    return segmentOf(content, packaging, lane.track, rendition, lane.next);
  }

  #settle(lane: Lane, exchange: Exchange, nowMs: number): void {
    this.#playback.advance(nowMs);
    const hasFailed = exchange.ending === 'http_error' || exchange.ending === 'timeout';
    const cause = hasFailed || exchange.ending === 'abandoned' ? causeOfFailure(exchange, this.#choice) : 'unknown';
    if (isVideoSegment(exchange.object)) this.#path.ended(exchange, cause);
    else if (hasFailed) this.#path.failed(exchange, cause);
    this.#listener.ended(exchange);
    if (exchange.ending === 'ok') {
      lane.attempts = 0;
      this.#blame.addDelivered(exchange, this.#choice, this.#isFailingOver);
      this.#take(lane, exchange, nowMs);
    } else if (exchange.ending === 'abandoned') {
      this.#blame.addFailed(exchange, this.#choice, 0);
      this.#chooser.sample(exchange.sentBytes, nowMs - exchange.bodyStartMs);
      this.#choose(this.#chooser.chooseLower(this.rendition), nowMs);
      this.#step(lane, nowMs);
    } else {
      this.#retry(lane, exchange, nowMs);
    }
  }

  #take(lane: Lane, exchange: Exchange, nowMs: number): void {
    const { object, answer } = exchange;
    const { content } = this.#facts;
    if (object.role === 'master' || object.role === 'playlist') {
      if (object.role === 'playlist') this.#playlists.add(object.rendition);
      if (content.isLive && (object.role === 'playlist' || this.#policy.packaging === 'dash')) {
        this.#learn(answer.newest, lane.isPoll, nowMs);
      }
      if (!this.#hasMaster && object.role === 'master') {
        this.#hasMaster = true;
        this.#listener.masterLoaded(nowMs);
      }
    } else if (object.role === 'init') {
      lane.inits.add(object.track === 'audio' ? 0 : object.rendition);
    } else {
      this.#isFailingOver = false;
      lane.next = object.index + 1;
      const mediaEndMs = object.index * content.segmentMs + object.durationMs;
      this.#playback.append(lane.track, mediaEndMs, object.kbps);
      if (lane.track === 'video') this.#chooser.sample(object.sizeBytes, nowMs - exchange.firstByteMs);
      this.#listener.appended(nowMs);
    }
    this.pump(nowMs);
  }

  /** A live playlist came: go on from where it ends, and ask again in a while. */
  #learn(newest: number, isPoll: boolean, nowMs: number): void {
    const { content } = this.#facts;
    const isFirst = this.newest < 0;
    const isNew = newest > this.newest;
    const onAir = Math.floor((nowMs - content.epochMs) / content.segmentMs) - 1;
    if (!isNew && onAir > newest + 1) this.#blame.add('manifest_stale', nowMs - this.#polledMs);
    this.#polledMs = nowMs;
    this.newest = Math.max(this.newest, newest);
    if (isFirst) {
      const begin = Math.max(0, newest - 2);
      for (const lane of this.lanes) lane.next = begin;
      this.#playback.startAt(begin * content.segmentMs);
    }
    if (!isFirst && !isPoll) return;
    this.#facts.at(nowMs + (isNew ? content.segmentMs : content.segmentMs / 2), () => {
      this.#step(this.#poll, this.#facts.nowMs());
    });
  }

  #liveList(): MediaObject {
    const { content } = this.#facts;
    return this.#policy.packaging === 'dash' ? masterOf(content, 'dash') : playlistOf(content, this.rendition);
  }

  #retry(lane: Lane, exchange: Exchange, nowMs: number): void {
    const { retries, retryDelayMs, backsOff } = this.#policy;
    const isSpent = lane.attempts >= retries;
    const delayMs = isSpent ? 0 : retryDelayMs * (backsOff ? 2 ** lane.attempts : 1);
    this.#blame.addFailed(exchange, this.#choice, delayMs);
    if (!isSpent) {
      lane.attempts++;
      lane.isWaiting = true;
      this.#facts.at(nowMs + delayMs, () => {
        lane.isWaiting = false;
        this.#step(lane, this.#facts.nowMs());
      });
      return;
    }
    lane.attempts = 0;
    this.#listener.retriesSpent(exchange, nowMs);
    if (this.#path.failOver(nowMs)) {
      this.#isFailingOver = true;
      this.#forgetCdn();
      this.#step(lane, nowMs);
      this.pump(nowMs);
    } else {
      this.#listener.gaveUp(exchange, nowMs);
    }
  }

  /** Playlists and init segments are loaded again from the new CDN. */
  #forgetCdn(): void {
    this.#playlists.clear();
    for (const lane of this.lanes) lane.inits.clear();
  }

  #choose(rendition: Rendition, nowMs: number): void {
    const from = this.rendition;
    if (rendition.index === from.index) return;
    this.rendition = rendition;
    this.#listener.chosen(from, rendition, nowMs);
  }

  /** Only playing drains the buffer; whoever resumes pumps. */
  #sleep(lane: Lane, untilMs: number): void {
    if (lane.isAsleep || this.#playback.state !== 'playing') return;
    lane.isAsleep = true;
    this.#facts.at(untilMs, () => {
      lane.isAsleep = false;
      this.#step(lane, this.#facts.nowMs());
    });
  }

  #abort(lane: Lane, ending: Ending, nowMs: number): void {
    const exchange = lane.inflight;
    if (exchange === null) return;
    lane.inflight = null;
    this.#requester.cut(exchange, ending, nowMs);
    if (isVideoSegment(exchange.object)) this.#path.ended(exchange, 'unknown');
    if (this.#isClosed) this.#blame.addFailed(exchange, this.#choice, 0);
    this.#listener.ended(exchange);
  }
}
