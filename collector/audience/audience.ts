import type { AudienceCounts, AudienceExclusion, AudienceWindow, PlatformClass } from '../model/audience.ts';
import type { Client } from '../model/client.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import type { PlaybackDelta, PlaybackSource } from '../model/output.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { SessionRef, SessionSummary, ViewerDimensions } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import { Agents } from './agents.ts';
import { type CountedListenRecord, ExternalAudio } from './external-audio.ts';
import { PLAYED_STREAM_MS } from './limits.ts';
import { nameOf, playbackKey } from './playback-key.ts';
import { SessionTake } from './session-take.ts';
import { type WindowRecord, Windows } from './windows.ts';

/** Where numbers go: the metrics, and the rows of sessions. `session`: whose they are, where they are one session's. */
export type AudienceSink = {
  audience(dimensions: ViewerDimensions, counts: AudienceCounts, session: SessionRef): void;
  excluded(reason: AudienceExclusion, count: number, session?: SessionRef): void;
};

export type AudienceOptions = {
  readonly window: AudienceWindow;
  /** Sessions followed at once. */
  readonly maxSessions: number;
  /** Contents × devices, and devices, that are remembered for a day. */
  readonly maxWindows: number;
  /** Assumed bitrate of audio files whose player names none, as for viewing time (semantics.md section 6). */
  readonly progressiveKbps: number;
};

const DEFAULTS: AudienceOptions = {
  window: 'rolling',
  maxSessions: 1_000_000,
  maxWindows: 200_000,
  progressiveKbps: 128,
};

/** Who made a window count. `isReread`: it was taken over, and its session has not asked again yet. */
type Once = { by: string; isReread: boolean };

/** What must outlive the process, so that what counts once in 24 hours does. */
export type AudienceRecord = {
  readonly once: readonly WindowRecord<string>[];
  readonly audio: readonly WindowRecord<CountedListenRecord>[];
};

/**
 * Who listens and watches, by the exact rules of semantics.md section 7. Told what correlation finds, it counts what a
 * player reports as it is reported; what only logs tell waits until the session is over or ten minutes old, because
 * until then a player may still speak. `request` runs for every request and does next to nothing for video.
 */
export class Audience {
  readonly #options: AudienceOptions;
  readonly #sink: AudienceSink;
  readonly #agents = new Agents();
  readonly #sessions = new Map<string, SessionTake>();
  readonly #once: Windows<Once>;
  readonly #audio: ExternalAudio;
  #session: SessionRef | null = null;
  #take: SessionTake | undefined;

  constructor(sink: AudienceSink, options: Partial<AudienceOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#sink = sink;
    const { window, maxWindows, progressiveKbps } = this.#options;
    const forgot = () => sink.excluded('forgotten', 1);
    this.#once = new Windows(window, maxWindows, forgot);
    this.#audio = new ExternalAudio(new Windows(window, maxWindows, forgot), progressiveKbps);
  }

  record(): AudienceRecord {
    const once = Array.from(this.#once.records(), ({ value, ...window }) => ({ ...window, value: value.by }));
    return { once, audio: this.#audio.records() };
  }

  /** Before the events of open sessions are read again: each of them counts what it had made count, and no other does. */
  beginReread({ once }: AudienceRecord): void {
    this.#once.restore(once.map(({ value, ...window }) => ({ ...window, value: { by: value, isReread: true } })));
  }

  /** After that: sound is what it was, not what the open sessions alone make of it. */
  endReread({ audio }: AudienceRecord): void {
    this.#audio.restore(audio);
  }

  /** Time has passed: windows that nothing can be about any more are forgotten. */
  tick(nowMs: UnixMs): void {
    this.#once.tick(nowMs);
    this.#audio.tick(nowMs);
  }

  started(session: SessionRef, dimensions: ViewerDimensions, client: Client | null, atMs: UnixMs): void {
    if (this.#sessions.size >= this.#options.maxSessions) {
      this.#sink.excluded('full', 1, session);
      return;
    }
    this.#session = session;
    this.#take = new SessionTake(dimensions, client, atMs);
    this.#sessions.set(nameOf(session), this.#take);
  }

  played(session: SessionRef, dimensions: ViewerDimensions, delta: PlaybackDelta, source: PlaybackSource): void {
    if (!(delta.playingMs > 0)) return;
    const take = this.#find(session);
    const consumptionSeconds = delta.playingMs / 1000;
    if (source === 'server') {
      if (take && !take.isReported && !take.hasVideo) take.deliveredMs += delta.playingMs;
      return;
    }
    if (!take) {
      // It was closed before and goes on: one playback, so what it plays now is time and not another start.
      this.#count(session, dimensions, 'player_full', { consumptionSeconds });
      return;
    }
    this.#reported(take);
    if (this.#agents.isBot(take.client)) return;
    take.playedMs += delta.playingMs;
    const isStream = !take.isStream && take.playedMs >= PLAYED_STREAM_MS;
    take.isStream ||= isStream;
    const starts = take.isStarted ? 0 : 1;
    take.isStarted = true;
    const devices = starts === 1 ? this.#device(take, take.beginMs, session) : 0;
    const streams = isStream ? 1 : 0;
    this.#count(session, take.dimensions, 'player_full', { starts, streams, devices, consumptionSeconds });
  }

  /** One `file_downloaded` of a player. */
  downloaded(session: SessionRef, event: PlayerEvent): void {
    const take = this.#find(session);
    if (!take) return;
    this.#reported(take);
    take.client ??= event.client ?? null;
    if (
      this.#agents.isBot(take.client) ||
      !this.#isFirst(`f ${nameOf(session)} ${event.url ?? ''}`, event.receivedMs, session)
    )
      return;
    this.#count(session, take.dimensions, 'player_full', {
      downloads: 1,
      devices: this.#device(take, event.receivedMs, session),
    });
  }

  request(session: SessionRef, request: JoinedRequest): void {
    const take = this.#find(session);
    if (!take || take.isReported || request.edge === null) return;
    take.client ??= request.edge.report.client;
    const { objectType, startMs, status } = request;
    if (objectType === 'video' || objectType === 'muxed') {
      take.hasVideo = true;
      if (Number.isNaN(take.videoMs) && (status === 200 || status === 206) && request.edge.report.method === 'GET')
        take.videoMs = startMs;
      return;
    }
    if (objectType === 'manifest') take.isSegmented = true;
    if (objectType !== 'audio' || take.hasVideo) return;
    if (take.isDue(startMs)) this.#handOver(session, take);
    take.addAudio(request.edge.report);
  }

  closed(summary: SessionSummary): void {
    const take = this.#find(summary);
    if (!take) return;
    this.#sessions.delete(nameOf(summary));
    this.#session = null;
    this.#take = undefined;
    take.client ??= summary.client;
    if (take.isReported || summary.visibility !== 'server') this.#closeReported(summary, take);
    else if (take.hasVideo) this.#closeVideo(summary, take);
    else this.#handOver(summary, take);
  }

  /** An attempt whose first frame nobody saw, or of which only requests were reported, is a start all the same. */
  #closeReported(summary: SessionSummary, take: SessionTake): void {
    if (this.#agents.isBot(take.client)) {
      this.#sink.excluded('bot', 1, summary);
      return;
    }
    if (take.isStarted || summary.outcome === 'in_progress') return;
    this.#count(summary, take.dimensions, 'player_full', {
      starts: 1,
      devices: this.#device(take, summary.beginMs, summary),
    });
  }

  /** Who only fetches pictures may show them or not: a start is all there is to know. */
  #closeVideo(summary: SessionSummary, take: SessionTake): void {
    if (this.#agents.isBot(take.client)) this.#sink.excluded('bot', 1, summary);
    else if (this.#agents.kindOf(take.client?.userAgent ?? '') === 'cache') return;
    else if (Number.isNaN(take.videoMs)) this.#sink.excluded('status', 1, summary);
    else if (this.#isFirst(`v ${playbackKey(summary)}`, take.videoMs, summary)) {
      const unknown = { streams: Number.NaN, consumptionSeconds: Number.NaN };
      this.#count(summary, take.dimensions, 'external_video', {
        ...unknown,
        starts: 1,
        devices: this.#device(take, take.videoMs, summary),
      });
    }
  }

  /** Gives what waits to the windows of sound known from logs. */
  #handOver(session: SessionRef, take: SessionTake): void {
    const hasSound = take.requests.length > 0 || take.deliveredMs > 0;
    if (hasSound && this.#agents.isBot(take.client))
      this.#sink.excluded('bot', Math.max(1, take.requests.length), session);
    else if (hasSound && !Number.isNaN(take.latestMs)) {
      const agent = this.#agents.kindOf(take.client?.userAgent ?? '');
      const platformClass = agent === 'cache' ? 'external_cached' : 'external_audio';
      const { counts, excluded } = this.#audio.hear(session, take, agent === 'cache');
      for (const [reason, count] of excluded) this.#sink.excluded(reason, count, session);
      const isSomebody = counts.starts > 0 || counts.downloads > 0;
      this.#count(session, take.dimensions, platformClass, {
        ...counts,
        devices: isSomebody ? this.#device(take, take.latestMs, session) : 0,
      });
    }
    take.clear();
  }

  #reported(take: SessionTake): void {
    if (take.isReported) return;
    take.isReported = true;
    take.clear();
  }

  #count(
    session: SessionRef,
    dimensions: ViewerDimensions,
    platformClass: PlatformClass,
    {
      starts = 0,
      streams = 0,
      downloads = 0,
      devices = 0,
      consumptionSeconds = 0,
    }: Partial<Omit<AudienceCounts, 'platformClass' | 'window'>>,
  ): void {
    const { window } = this.#options;
    const counts = { starts, streams, downloads, devices, consumptionSeconds, platformClass, window };
    this.#sink.audience(dimensions, counts, session);
  }

  /** 1 when the device of a start or download is seen for the first time in its window. */
  #device({ client, dimensions }: SessionTake, atMs: UnixMs, session: SessionRef): 0 | 1 {
    if (!client || client.deviceKey === '') return 0;
    return this.#isFirst(`d ${dimensions.tenant} ${client.deviceKey}`, atMs, session) ? 1 : 0;
  }

  #isFirst(key: string, atMs: UnixMs, { traceId: by }: SessionRef): boolean {
    let isNew = false;
    const seen = this.#once.at(key, atMs, () => {
      isNew = true;
      return { by, isReread: false };
    });
    if (isNew) return true;
    const isAgain = seen.isReread && seen.by === by;
    if (isAgain) seen.isReread = false;
    return isAgain;
  }

  /** Requests of one session come together, so most look-ups are the last one again. */
  #find(session: SessionRef): SessionTake | undefined {
    if (session === this.#session) return this.#take;
    this.#session = session;
    this.#take = this.#sessions.get(nameOf(session));
    return this.#take;
  }
}
