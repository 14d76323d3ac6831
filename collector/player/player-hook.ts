import { nowMs } from './clock.ts';
import { dashJsAdapter, isDashJs } from './dash-js.ts';
import { ElementWatch } from './element-watch.ts';
import { hlsJsAdapter, isHlsJs } from './hls-js.ts';
import { isIvs, ivsAdapter } from './ivs.ts';
import { guard, Listeners, subscribe } from './listeners.ts';
import { joinKeyAppender } from './media-url.ts';
import { nativeVideoAdapter } from './native-video.ts';
import type { Hook, HookOptions } from './options.ts';
import { type Envelope, Outbox } from './outbox.ts';
import type { PlayerAdapter, PlayerError } from './player-adapter.ts';
import { randomHex } from './random-hex.ts';
import type { Rendition } from './rendition.ts';
import { RequestWatch } from './request-watch.ts';
import { isShaka, shakaAdapter } from './shaka.ts';

const DEFAULT_HEARTBEAT_SECONDS = 10;
/** How often a player is asked for its media element until it has one. */
const LOOK_MS = 50;

/** Session ids of the hooks of this page: requests of one player must not be reported by another. */
const claimed = new Set<string>();

/**
 * Watches a player and posts what it does to a collector (docs/beacon.md). `target` is a `<video>`, or an hls.js,
 * dash.js, Shaka or Amazon IVS player, best handed over before its source is loaded. Never throws.
 */
export function attach(target: object, options: HookOptions): Hook {
  let hook: PlayerHook | undefined;
  guard(() => {
    hook = new PlayerHook(recognise(target), options);
  })();
  return {
    get session() {
      return hook?.session ?? '';
    },
    report: guard((event: string, fields?: Fields) => hook?.report(event, fields)),
    detach: guard(() => hook?.close()),
  };
}

function recognise(target: object): PlayerAdapter {
  if (isHlsJs(target)) return hlsJsAdapter(target);
  if (isDashJs(target)) return dashJsAdapter(target);
  if (isShaka(target)) return shakaAdapter(target);
  if (isIvs(target)) return ivsAdapter(target);
  return nativeVideoAdapter(target as HTMLMediaElement);
}

type Fields = Readonly<Record<string, unknown>>;

class PlayerHook {
  readonly #adapter: PlayerAdapter;
  readonly #options: HookOptions;
  readonly #outbox: Outbox;
  readonly #requests: RequestWatch;
  readonly #listeners = new Listeners();
  #envelope: Envelope;
  #element: HTMLMediaElement | null = null;
  #watch: ElementWatch | undefined;
  #seq = 0;
  /** A random id gives way to the one in the player's CMCD, as long as nothing was sent under it. */
  readonly #isIdOpen: boolean;
  #isOpen = true;
  #shown: Partial<Rendition> = {};
  #requested: Rendition | undefined;

  constructor(adapter: PlayerAdapter, options: HookOptions) {
    this.#adapter = adapter;
    this.#options = options;
    const known = options.session || adapter.session?.();
    this.#isIdOpen = !known;
    this.#envelope = this.#newEnvelope(known);
    this.#outbox = new Outbox(options.endpoint, () => this.#stop());
    this.#requests = new RequestWatch({
      // Facts about the network: what the player measures at this moment says nothing about them.
      emit: (event, fields) => this.#push(event, fields),
      sinceMs: adapter.element()?.readyState ? 0 : nowMs(),
      owns: (sid) => this.#owns(sid),
    });
    this.#emit('session_start');
    this.#listenToPlayer();
    this.#listenToPage();
    this.#lookForElement();
    this.#listeners.every(LOOK_MS, () => {
      this.#lookForElement();
      this.#requests.settle();
    });
    this.#listeners.every(1000 * (options.heartbeatSeconds || DEFAULT_HEARTBEAT_SECONDS), () => {
      if (!this.#watch?.isOver) this.#emit('heartbeat', { state: this.#watch?.state });
    });
  }

  get session(): string {
    return this.#envelope.session;
  }

  report(event: string, fields?: Fields): void {
    if (/^ad_/.test(event)) this.#watch?.exclude(event === 'ad_start');
    this.#emit(event, fields);
  }

  close(): void {
    this.#endSession('detached');
    this.#stop();
  }

  #newEnvelope(session: string | null | undefined): Envelope {
    const { content, title, property, streamType, viewer, player = this.#adapter.name } = this.#options;
    const envelope = { session: session || randomHex(16), content, title, property, streamType, viewer, player };
    claimed.add(envelope.session);
    return envelope;
  }

  #owns(sid: string): boolean {
    if (sid === this.session) return true;
    if (claimed.has(sid)) return false;
    if (sid && this.#isIdOpen && !this.#outbox.hasSent) {
      claimed.delete(this.session);
      claimed.add(sid);
      this.#envelope.session = sid;
    }
    return true;
  }

  #emit(event: string, fields?: Fields): void {
    // The time first: asking the player takes longer than the event may be late.
    this.#push(event, { ts: nowMs(), ...this.#measures(), ...fields });
  }

  #push(event: string, fields?: Fields): void {
    if (this.#isOpen) this.#outbox.push(this.#envelope, { event, ts: nowMs(), seq: this.#seq++, ...fields });
  }

  #listenToPlayer(): void {
    const { ridHosts = [] } = this.#options;
    this.#listeners.add(
      this.#adapter.listen(
        {
          requested: (rendition, reason) => {
            this.#requested = rendition;
            this.#switch('requested', rendition, reason);
          },
          applied: (rendition) => this.#apply(rendition),
          error: (error) => this.#error(error),
          failed: (request) => this.#requests.failed(request),
          asked: () => this.#watch?.ask('api'),
          held: (isHeld) => this.#watch?.hold(isHeld),
          steered: () => this.#requests.trouble('steering'),
        },
        joinKeyAppender(ridHosts),
      ),
    );
  }

  #listenToPage(): void {
    this.#listeners.add(
      subscribe(document, {
        visibilitychange: () => {
          const { hidden } = document;
          this.#watch?.exclude(hidden);
          this.#emit('visibility', { hidden });
          if (hidden) this.#outbox.leave();
        },
      }),
    );
    this.#listeners.add(
      subscribe(window, {
        pagehide: () => this.#endSession('page_closed'),
        // Back from the back/forward cache: the viewer left and came back, which is another session.
        pageshow: ({ persisted }: PageTransitionEvent) => persisted && this.#restart(),
      }),
    );
  }

  #lookForElement(): void {
    const element = this.#adapter.element();
    if (!element || element === this.#element) return;
    this.#element = element;
    this.#listeners.add(subscribe(element, { resize: () => this.#applyCurrent() }));
    this.#watchElement(element);
  }

  #watchElement(element: HTMLMediaElement): void {
    this.#watch?.close();
    this.#watch = new ElementWatch(
      element,
      (event, fields) => {
        if (event === 'buffering') this.#requests.trouble('stall');
        this.#emit(event, fields);
        if (event === 'playback_start') this.#applyCurrent();
      },
      () => {
        this.#endSession('replay');
        this.#restart();
      },
    );
    if (this.#adapter.isAutoplayWanted?.()) this.#watch.ask('autoplay');
  }

  /** Some players do not announce what is on screen; for them the picture changing its size is the sign. */
  #applyCurrent(): void {
    const current = this.#requested ?? this.#adapter.rendition?.();
    if (current?.height && current.height === (this.#element as HTMLVideoElement).videoHeight) this.#apply(current);
  }

  #apply(rendition: Rendition): void {
    this.#requested = undefined;
    if (rendition.bitrateKbps === this.#shown.bitrateKbps && rendition.height === this.#shown.height) return;
    this.#switch('applied', rendition);
    this.#shown = rendition;
  }

  #switch(phase: string, rendition: Rendition, reason?: string): void {
    const fromBitrateKbps = this.#shown.bitrateKbps;
    this.#emit('rendition_switch', { ...rendition, phase, fromBitrateKbps, reason });
  }

  #error({ code, message, isFatal, request }: PlayerError): void {
    if (request) this.#requests.failed(request);
    if (isFatal) this.#watch?.fail();
    this.#emit('error', {
      code,
      message,
      fatal: isFatal,
      // Rights, payment and geography answer with these; everything else is technical, the default.
      class: /401|402|403|451/.test(`${request?.status}`) ? 'business' : undefined,
      url: request?.url.split('?')[0],
    });
    if (isFatal) this.#outbox.leave();
  }

  #measures(): Fields {
    const element = this.#element;
    if (!element) return {};
    const { measuredKbps, liveLatencySeconds } = this.#adapter;
    const frames = (element as HTMLVideoElement).getVideoPlaybackQuality?.();
    return {
      ...this.#shown,
      playheadMs: element.currentTime * 1000,
      bufferMs: bufferSeconds(element) * 1000,
      measuredKbps: measuredKbps?.(),
      liveLatencyMs: Number(liveLatencySeconds?.()) * 1000,
      droppedFrames: frames?.droppedVideoFrames,
      decodedFrames: frames?.totalVideoFrames,
      cdn: this.#requests.cdnHost || undefined,
    };
  }

  #restart(): void {
    this.#isOpen = true;
    this.#envelope = this.#newEnvelope(this.#adapter.session?.());
    this.#seq = 0;
    this.#emit('session_start');
    if (this.#element) this.#watchElement(this.#element);
  }

  #endSession(reason: string): void {
    if (!this.#isOpen) return;
    this.#requests.flush();
    if (!this.#watch?.isOver) this.#emit('session_end', { reason });
    this.#isOpen = false;
    claimed.delete(this.session);
    this.#outbox.leave();
  }

  #stop(): void {
    this.#isOpen = false;
    this.#requests.close();
    this.#watch?.close();
    this.#listeners.close();
  }
}

/** Media ahead of the playhead. */
function bufferSeconds({ buffered, currentTime }: HTMLMediaElement): number {
  for (let i = 0; i < buffered.length; i++) {
    if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) > currentTime) return buffered.end(i) - currentTime;
  }
  return 0;
}
