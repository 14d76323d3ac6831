import type { Cmcd } from '../../model/cmcd.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import type { PlaybackDelta } from '../../model/output.ts';
import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import { isWholeFile } from '../content/segment-identity.ts';
import { bodyBytesOf, cmcdOf, isDelivered } from '../join/request-halves.ts';
import { firstByteMs, objectDurationMs } from '../join/request-signs.ts';
import type { PlaybackListener, TimelineState } from '../timeline/playback-listener.ts';
import { PlaybackNumbers } from '../timeline/playback-numbers.ts';
import { DeliveredMedia } from './delivered-media.ts';
import type { Flight } from './flight.ts';
import { LengthWait } from './length-wait.ts';
import { Playout } from './playout.ts';
import { SegmentRenditions } from './segment-renditions.ts';
import { DEFAULTS, type ServerPlaybackSettings } from './server-settings.ts';
import { ServerStartup } from './server-startup.ts';

/** A power of two: the rhythm of a playback is shown to others when so many segments came. */
const SURE_SEGMENTS = 16;

/**
 * What logs alone tell of one playback (semantics.md section 6). Requests come in order of their begin, in server
 * time; each is looked at twice, when it was sent and when it had arrived. Its states are inferred and its numbers
 * do not sum up to the session's duration, as a player's do.
 */
export class ServerPlayback {
  readonly #listener: PlaybackListener;
  readonly #settings: ServerPlaybackSettings;
  readonly #numbers = new PlaybackNumbers();
  readonly #startup: ServerStartup;
  readonly #renditions: SegmentRenditions;
  readonly #media: DeliveredMedia;
  readonly #playout: Playout;
  readonly #wait: LengthWait;
  /** Asked for and not arrived, by time of arrival. */
  #flights: Flight[] = [];
  #firstMediaMs = Number.NaN;
  #lastMediaMs = Number.NaN;
  /** Segments that arrived. */
  #arrived = 0;
  /** The last of them, of the main track. */
  #lastPath = '';
  #lastNumber = Number.NaN;
  #hasManifest = false;
  #isManifestMissing = false;
  #isAttempt = false;
  #isFinished = false;

  constructor(listener: PlaybackListener, settings: Partial<ServerPlaybackSettings> = {}) {
    const { total } = this.#numbers;
    this.#listener = listener;
    this.#settings = { ...DEFAULTS, ...settings };
    this.#startup = new ServerStartup(listener, total);
    this.#renditions = new SegmentRenditions(listener, total);
    this.#media = new DeliveredMedia(this.#settings.segmentMs);
    this.#playout = new Playout(listener, total, this.#media);
    this.#wait = new LengthWait(this.#media, this.#settings.segments);
  }

  get state(): TimelineState {
    return this.#playout.state;
  }

  get isAttempt(): boolean {
    return this.#isAttempt;
  }

  /** Media was delivered: as much of a first frame as a server can see. */
  get hasStarted(): boolean {
    return !Number.isNaN(this.#firstMediaMs);
  }

  /** The last thing playback depended on was refused or lost. */
  get isFailed(): boolean {
    return this.#playout.isRetrying || (this.#isManifestMissing && !this.hasStarted);
  }

  get qoe(): QoeNumbers {
    return { ...this.#numbers.total };
  }

  /** How much longer, or shorter, stalls were than what was told when they seemed to be over. */
  get correctedMs(): number {
    return this.#playout.correctedMs;
  }

  /** Duration of a segment, as far as it is known. */
  get segmentMs(): number {
    return this.#media.segmentMs;
  }

  /** End of the first request that is not over for this timeline, because nothing came after it; Infinity for none. */
  get awaitedMs(): UnixMs {
    return Math.min(this.#flights[0]?.request.endMs ?? Number.POSITIVE_INFINITY, this.untoldMs);
  }

  /** End of the first request of which nothing is told before the length of segments is known; Infinity for none. */
  get untoldMs(): UnixMs {
    return this.#wait.sinceMs;
  }

  /** The request is for sound, as far as is known now, though nobody says so. */
  isSound(request: JoinedRequest): boolean {
    return this.#wait.isSound(request);
  }

  /** Adds the requests that it still looks at: those under way, and those that wait for something. */
  holdInto(held: Set<JoinedRequest>): void {
    for (const { request } of this.#flights) held.add(request);
    this.#wait.holdInto(held);
    this.#playout.silence.holdInto(held);
  }

  /** What was added since the last call; null when nothing was. */
  takeDelta(): PlaybackDelta | null {
    return this.#numbers.takeDelta();
  }

  step(request: JoinedRequest): void {
    const { startMs, endMs } = request;
    if (this.#isFinished || !Number.isFinite(startMs) || !Number.isFinite(endMs)) return;
    const flight = this.#wait.flightOf(request);
    if (this.#wait.keeps(request, flight, this.#isWholeFile(request))) {
      if (flight !== null && isDelivered(request)) this.#span(request);
      // Whatever a segment is, time passed.
      this.#credit(Number.POSITIVE_INFINITY, false);
      return;
    }
    if (flight !== null && !this.#wait.isOver) this.#tell();
    this.#follow(request, flight);
  }

  /** What waited for the length of segments. */
  #tell(): void {
    for (const { request, flight } of this.#wait.end()) this.#follow(request, flight);
  }

  #follow(request: JoinedRequest, flight: Flight | null): void {
    const { startMs, endMs, objectType } = request;
    this.#arrive(startMs);
    const cmcd = flight?.cmcd ?? cmcdOf(request);
    this.#attempt(startMs, cmcd);
    this.#startup.asked(request, cmcd);
    if (objectType === 'manifest') {
      this.#hasManifest = true;
      this.#isManifestMissing = !isDelivered(request);
    }
    if (flight === null) {
      this.#playout.awaits(request, cmcd, this.#flights);
      return;
    }
    if (this.#isWholeFile(request)) {
      this.#download(flight);
      return;
    }
    // What was told of it as pictures came as far as they did.
    if (flight.track === 'audio' && objectType !== 'audio') this.#playout.splitSound();
    this.#playout.sent(flight, this.#flights);
    this.#takeOff(flight, endMs);
  }

  /** What was to arrive by `nowMs` has arrived. Time without requests is nobody's and is not counted. */
  advance(nowMs: UnixMs): void {
    if (this.#wait.isLong(nowMs)) this.#tell();
    if (this.#wait.isEmpty) this.#arrive(nowMs);
  }

  #arrive(nowMs: UnixMs): void {
    while (this.#flights.length > 0 && (this.#flights[0] as Flight).request.endMs <= nowMs) this.#land();
    this.#playout.settle(nowMs);
  }

  /** Nothing more will come. Later calls change nothing. */
  finish(endMs: UnixMs): void {
    if (this.#isFinished) return;
    this.#tell();
    this.#arrive(Math.max(endMs, this.#flights.at(-1)?.request.endMs ?? endMs));
    this.#playout.finish(Number.isNaN(this.#lastMediaMs) ? endMs : this.#lastMediaMs);
    const isFurthest = this.#settings.segments.reached(this.#lastPath, this.#lastNumber);
    this.#credit(this.#playout.viewed.finallyMs(isFurthest), true);
    this.#renditions.finish();
    this.#startup.finish();
    this.#isFinished = true;
  }

  /** Flights stay in order of their arrival. */
  #takeOff(flight: Flight, endMs: UnixMs): void {
    const flights = this.#flights;
    let at = flights.length;
    while (at > 0 && (flights[at - 1] as Flight).request.endMs > endMs) at--;
    if (at === flights.length) flights.push(flight);
    else flights.splice(at, 0, flight);
  }

  #land(): void {
    const flight = this.#flights[0] as Flight;
    const { request, cmcd, track, identity } = flight;
    const { startMs, endMs } = request;
    if (!isDelivered(request)) {
      this.#playout.failed(flight, this.#flights);
      this.#flights.shift();
      return;
    }
    const statedMs = objectDurationMs(request);
    this.#compare(request.path, identity.number, statedMs);
    const isNew = this.#media.add(track, identity, statedMs);
    const durationMs = statedMs > 0 ? statedMs : this.#media.segmentMs;
    this.#playout.arrived(flight, durationMs, isNew, this.#flights);
    this.#flights.shift();
    this.#delivered(flight, endMs);
    this.#credit(this.#playout.viewed.soFarMs, this.#media.isTimed);
    if (track !== this.#media.main) return;
    this.#lastPath = request.path;
    this.#lastNumber = identity.number;
    const namedKbps = cmcd.bitrateKbps;
    const kbps = namedKbps > 0 ? namedKbps : (bodyBytesOf(request) * 8) / durationMs;
    const isAbrInCharge = !this.#playout.isAfterSeek(startMs);
    const rendition = {
      identity,
      namedKbps,
      kbps,
      durationMs,
      requestedMs: startMs,
      deliveredMs: endMs,
      isAbrInCharge,
    };
    this.#renditions.add(rendition, isNew);
  }

  /** Others may know more later, so they are told and asked again: at the 1st, 2nd, 4th, 8th segment. */
  #compare(path: string, number: number, statedMs: number): void {
    const nth = ++this.#arrived;
    if ((nth & (nth - 1)) !== 0) return;
    const { segmentMs, segments } = this.#settings;
    segments.reached(path, number);
    if (statedMs > 0 || segmentMs > 0) return;
    // One voice among others, once its rhythm has been heard for a while.
    if (nth === SURE_SEGMENTS && this.#media.rhythmMs > 0) segments.showedLength(path, this.#media.rhythmMs);
    this.#media.assume(segments.lengthMs(path));
  }

  /** Whole files have no playlist and state no segment duration. */
  #isWholeFile(request: JoinedRequest): boolean {
    return !this.#hasManifest && !(cmcdOf(request).objectDurationMs > 0) && isWholeFile(request.path);
  }

  #download(flight: Flight): void {
    const { request, cmcd, track } = flight;
    const bytes = bodyBytesOf(request);
    if (!(bytes > 0) || !(request.status < 400)) return;
    const { total } = this.#numbers;
    // Audio has usual bitrates; how long a film of so many bytes is, nobody can know.
    const usualKbps = track === 'audio' ? this.#settings.progressiveKbps : Number.NaN;
    const kbps = cmcd.bitrateKbps > 0 ? cmcd.bitrateKbps : usualKbps;
    if (kbps > 0) {
      const kbit = (bytes * 8) / 1000;
      total.playingMs += (kbit / kbps) * 1000;
      total.renderedKbit += kbit;
      total.renderedMediaSeconds += kbit / kbps;
    }
    this.#delivered(flight, firstByteMs(request));
    this.#playout.transit('playing', request.startMs);
  }

  #delivered({ request, cmcd }: Flight, shownMs: UnixMs): void {
    this.#startup.delivered(shownMs, cmcd);
    this.#span(request);
  }

  #span({ startMs, endMs }: JoinedRequest): void {
    if (Number.isNaN(this.#firstMediaMs)) this.#firstMediaMs = startMs;
    if (!(this.#lastMediaMs >= endMs)) this.#lastMediaMs = endMs;
  }

  /** Viewing time: no more than the clock allows plus what may be buffered. */
  #credit(viewedMs: number, isSure: boolean): void {
    const { total } = this.#numbers;
    const spanMs = this.#lastMediaMs - this.#firstMediaMs;
    // While the length of a segment is a guess, time that passed is all that is sure.
    const mostMs = spanMs + (isSure ? this.#settings.bufferTargetMs : 0);
    const creditedMs = Math.min(viewedMs, mostMs);
    if (creditedMs > total.playingMs) total.playingMs = creditedMs;
  }

  /** Loading ahead of the play request is not an attempt yet. */
  #attempt(atMs: UnixMs, cmcd: Cmcd): void {
    if (this.#isAttempt) return;
    if (cmcd.state === 'preloading') {
      this.#playout.transit('preloading', atMs);
      return;
    }
    this.#isAttempt = true;
    this.#listener.attempt(atMs);
    this.#playout.transit('starting', atMs);
  }
}
