import type { Cmcd } from '../../model/cmcd.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { PlaybackListener } from '../timeline/playback-listener.ts';

/** dash.js sends a delay of 1–2 ms with its first manifest, before anything played. */
const IMPLAUSIBLE_MS = 10;
/** CMCD v2 sends its own measure with one of the first requests; after this many objects it will not come. */
const PATIENCE_OBJECTS = 5;

/**
 * Startup as the servers saw it: first manifest request to first media, unless the player names its own (`msd`). A
 * segment can be shown when all of it is there, a whole file from its first byte on.
 */
export class ServerStartup {
  readonly #listener: PlaybackListener;
  readonly #total: QoeNumbers;
  #manifestMs = Number.NaN;
  #firstMediaMs = Number.NaN;
  #statedMs = Number.NaN;
  #isPreload = false;
  #objects = 0;

  constructor(listener: PlaybackListener, total: QoeNumbers) {
    this.#listener = listener;
    this.#total = total;
  }

  asked({ objectType, startMs }: JoinedRequest, cmcd: Cmcd): void {
    if (objectType === 'manifest' && Number.isNaN(this.#manifestMs)) this.#manifestMs = startMs;
    const { startDelayMs } = cmcd;
    const isPlausible = startDelayMs > IMPLAUSIBLE_MS && Number.isFinite(startDelayMs);
    if (isPlausible && Number.isNaN(this.#statedMs)) this.#statedMs = startDelayMs;
    this.#tell(false);
  }

  /** Media arrived that can be shown from `shownMs` on. */
  delivered(shownMs: UnixMs, cmcd: Cmcd): void {
    if (Number.isNaN(this.#firstMediaMs)) {
      this.#firstMediaMs = shownMs;
      // Loaded ahead of the play request: the time between says nothing about waiting.
      this.#isPreload = cmcd.state === 'preloading';
    }
    this.#objects++;
    this.#tell(cmcd.version < 2);
  }

  finish(): void {
    this.#tell(true);
  }

  #tell(isFinal: boolean): void {
    if (!Number.isNaN(this.#total.startupMs) || Number.isNaN(this.#firstMediaMs)) return;
    const inferredMs = this.#isPreload ? Number.NaN : Math.max(0, this.#firstMediaMs - this.#manifestMs);
    const isStated = this.#statedMs > 0;
    if (!isStated && !isFinal && this.#objects < PATIENCE_OBJECTS) return;
    const startupMs = isStated ? this.#statedMs : inferredMs;
    if (Number.isNaN(startupMs)) return;
    this.#total.startupMs = startupMs;
    this.#listener.startup(startupMs, { beginMs: this.#firstMediaMs - startupMs, endMs: this.#firstMediaMs });
  }
}
