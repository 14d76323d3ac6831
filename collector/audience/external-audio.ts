import type { AudienceExclusion } from '../model/audience.ts';
import type { SessionRef } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import { type AudioRequest, requestKindOf } from './audio-request.ts';
import { Listen, type ListenRecord, type ListenTotals } from './listen.ts';
import { playbackKey } from './playback-key.ts';
import type { SessionTake } from './session-take.ts';
import type { WindowRecord, Windows } from './windows.ts';

/** What one more piece of a session adds to the counters. */
export type Heard = {
  readonly counts: {
    readonly starts: number;
    readonly streams: number;
    readonly downloads: number;
    readonly consumptionSeconds: number;
  };
  readonly excluded: ReadonlyMap<AudienceExclusion, number>;
};

/** One window and what of it has been counted. */
export type CountedListen = { readonly listen: Listen; counted: ListenTotals };

/** A window and what of it has been counted, as they are written down. */
export type CountedListenRecord = { readonly listen: ListenRecord; readonly counted: ListenTotals };

const NONE: ListenTotals = { starts: 0, streams: 0, downloads: 0, consumptionSeconds: 0 };

/** Sound known from log lines only, in its 24-hour windows: what each new piece adds to what was counted before. */
export class ExternalAudio {
  readonly #windows: Windows<CountedListen>;
  readonly #assumedKbps: number;

  constructor(windows: Windows<CountedListen>, assumedKbps: number) {
    this.#windows = windows;
    this.#assumedKbps = assumedKbps;
  }

  records(): WindowRecord<CountedListenRecord>[] {
    return Array.from(this.#windows.records(), ({ value, ...window }) => ({
      ...window,
      value: { listen: value.listen.record(), counted: value.counted },
    }));
  }

  restore(records: readonly WindowRecord<CountedListenRecord>[]): void {
    this.#windows.restore(
      records.map(({ value, ...window }) => ({
        ...window,
        value: { listen: Listen.from(value.listen, this.#assumedKbps), counted: value.counted },
      })),
    );
  }

  tick(nowMs: UnixMs): void {
    this.#windows.tick(nowMs);
  }

  /** `isCache`: it fetches for itself, so only downloads count and what is heard of them is not knowable. */
  hear(session: SessionRef, take: SessionTake, isCache: boolean): Heard {
    const excluded = new Map<AudienceExclusion, number>();
    const exclude = (reason: AudienceExclusion) => excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
    const touched = new Set<CountedListen>();
    for (const request of take.requests) {
      const kind = requestKindOf(request, take.isSegmented);
      if (kind !== 'start' && kind !== 'download') {
        exclude(kind);
        continue;
      }
      const window = this.#window(keyOf(session, take, request), request.atMs);
      window.listen.add(request, take.isSegmented);
      touched.add(window);
    }
    if (take.isSegmented && take.deliveredMs > 0) {
      const window = this.#window(playbackKey(session), take.latestMs);
      window.listen.addSegmentTime(take.deliveredMs);
      touched.add(window);
    }
    const counts = { starts: 0, streams: 0, downloads: 0, consumptionSeconds: 0 };
    for (const window of touched) {
      const totals = window.listen.totals();
      const { counted } = window;
      counts.starts += totals.starts - counted.starts;
      counts.streams += totals.streams - counted.streams;
      counts.downloads += totals.downloads - counted.downloads;
      counts.consumptionSeconds += Math.max(0, totals.consumptionSeconds - counted.consumptionSeconds);
      const consumptionSeconds = Math.max(totals.consumptionSeconds, counted.consumptionSeconds);
      window.counted = { ...totals, consumptionSeconds };
      if (totals.starts === 0 && totals.downloads === 0) exclude('validation');
    }
    const unknown = { starts: 0, streams: Number.NaN, consumptionSeconds: Number.NaN };
    return { counts: isCache ? { ...counts, ...unknown } : counts, excluded };
  }

  #window(key: string, atMs: number): CountedListen {
    return this.#windows.at(key, atMs, () => ({ listen: new Listen(this.#assumedKbps), counted: NONE }));
  }
}

/** An inferred session is a directory; the whole files in it are contents of their own. */
function keyOf(session: SessionRef, take: SessionTake, { path }: AudioRequest): string {
  if (take.isSegmented || !session.isInferred) return playbackKey(session);
  return `f ${session.tenant} ${take.client?.deviceKey ?? ''} ${path}`;
}
