import fc from 'fast-check';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import { playerEvent } from '../correlate/playback-log.ts';

/** One thing that happened in a playback, before any dialect has words for it. */
export type Happening =
  | { readonly what: 'play' | 'frame' | 'buffer' | 'pause' | 'seek' | 'seek_in_pause' | 'end' | 'ad' | 'content' }
  | { readonly what: 'hidden'; readonly isHidden: boolean }
  | { readonly what: 'rendition'; readonly kbps: number }
  | { readonly what: 'error'; readonly isFatal: boolean };
export type History = readonly { readonly atMs: number; readonly happening: Happening }[];

const kbps = fc.constantFrom(290, 620, 1_390, 2_820);
const gapMs = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 600, max: 60_000 }));

/** A player's moves that make sense one after the other, with their gaps. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    start: fc.tuple(gapMs, fc.boolean(), kbps),
    moves: fc.array(
      fc.tuple(
        gapMs,
        gapMs,
        fc.constantFrom('stall', 'pause', 'seek', 'seek_paused', 'switch', 'hide', 'ad', 'warn'),
        kbps,
      ),
      { maxLength: 25 },
    ),
    end: fc.constantFrom('end', 'fatal', 'none'),
  })
  .map(({ start: [startMs, hasPreRoll, firstKbps], moves, end }) => {
    const history: { atMs: number; happening: Happening }[] = [];
    let nowMs = 1_000;
    const add = (happening: Happening, waitMs = 0): void => {
      nowMs += waitMs;
      history.push({ atMs: nowMs, happening });
    };
    add({ what: 'play' });
    if (hasPreRoll) {
      add({ what: 'ad' }, 120);
      add({ what: 'content' }, 15_000);
    }
    add({ what: 'rendition', kbps: firstKbps }, 5);
    add({ what: 'frame' }, startMs);
    for (const [waitMs, lengthMs, move, toKbps] of moves) {
      switch (move) {
        case 'stall':
          add({ what: 'buffer' }, waitMs);
          add({ what: 'frame' }, lengthMs);
          break;
        case 'pause':
          add({ what: 'pause' }, waitMs);
          add({ what: 'frame' }, lengthMs);
          break;
        case 'seek':
          add({ what: 'seek' }, waitMs);
          add({ what: 'buffer' }, 30);
          add({ what: 'frame' }, lengthMs);
          break;
        case 'seek_paused':
          add({ what: 'pause' }, waitMs);
          add({ what: 'seek' }, lengthMs);
          add({ what: 'seek_in_pause' }, 200);
          add({ what: 'frame' }, lengthMs);
          break;
        case 'switch':
          add({ what: 'rendition', kbps: toKbps }, waitMs);
          break;
        case 'hide':
          add({ what: 'hidden', isHidden: true }, waitMs);
          add({ what: 'buffer' }, 100);
          add({ what: 'hidden', isHidden: false }, lengthMs);
          add({ what: 'frame' }, 300);
          break;
        case 'ad':
          add({ what: 'ad' }, waitMs);
          add({ what: 'content' }, lengthMs);
          break;
        case 'warn':
          add({ what: 'error', isFatal: false }, waitMs);
          break;
        default:
          move satisfies never;
      }
    }
    if (end === 'end') add({ what: 'end' }, 500);
    if (end === 'fatal') add({ what: 'error', isFatal: true }, 500);
    return history;
  });

/** Playpath beacons: events of their own, a heartbeat every 10 s, the bitrate on every event (docs/beacon.md). */
export function asBeacons(history: History): PlayerEvent[] {
  let seq = 0;
  let shownKbps: number | undefined;
  const told = history.flatMap(({ atMs, happening }) => {
    const at = (name: PlayerEvent['name'], more: Partial<PlayerEvent>): PlayerEvent =>
      playerEvent(atMs, name, { ...(shownKbps ? { bitrateKbps: shownKbps } : {}), ...more, seq: seq++ });
    switch (happening.what) {
      case 'play':
        return [at('play_requested', { reason: 'click' })];
      case 'frame':
        return [at('state', { state: 'playing' })];
      case 'buffer':
        return [at('state', { state: 'rebuffering' })];
      case 'pause':
      case 'seek_in_pause':
        return [at('state', { state: 'paused' })];
      case 'seek':
        return [at('seek', {})];
      case 'end':
        return [at('state', { state: 'ended' })];
      case 'ad':
        return [at('ad_start', {})];
      case 'content':
        return [at('ad_end', {})];
      case 'hidden':
        return [at('visibility', { isBackground: happening.isHidden })];
      case 'rendition':
        shownKbps = happening.kbps;
        return [at('rendition', { phase: 'applied', bitrateKbps: happening.kbps })];
      case 'error':
        return [at('error', { isFatal: happening.isFatal, errorCode: 'fragLoadError' })];
      default:
        return happening satisfies never;
    }
  });
  return withHeartbeats(told);
}

/** CMCD v2 events: `ps`, `bc`, `b`, `as`/`ae`, `e`, `t`; every report carries the state. */
export function asCmcd(history: History): PlayerEvent[] {
  let seq = 0;
  let now: NonNullable<PlayerEvent['state']> = 'preloading';
  const told = history.flatMap(({ atMs, happening }) => {
    const at = (name: PlayerEvent['name'], more: Partial<PlayerEvent> = {}): PlayerEvent =>
      playerEvent(atMs, name, { state: now, ...more, seq: seq++ });
    const entered = (state: NonNullable<PlayerEvent['state']>): PlayerEvent[] => {
      now = state;
      return [at('state')];
    };
    switch (happening.what) {
      case 'play':
        return entered('starting');
      case 'frame':
        return entered('playing');
      case 'buffer':
        return entered('rebuffering');
      case 'pause':
      case 'seek_in_pause':
        return entered('paused');
      case 'seek':
        return entered('seeking');
      case 'end':
        return entered('ended');
      case 'ad':
        return [at('ad_start')];
      case 'content':
        return [at('ad_end')];
      case 'hidden':
        return [at('visibility', { isBackground: happening.isHidden })];
      case 'rendition':
        return [at('rendition', { bitrateKbps: happening.kbps })];
      case 'error': {
        if (!happening.isFatal) return [at('error', { isFatal: false, errorCode: '27' })];
        const events = entered('failed');
        return [at('error', { isFatal: true, errorCode: '27' }), ...events];
      }
      default:
        return happening satisfies never;
    }
  });
  return withHeartbeats(told);
}

/** OTel spans: each state is a span, exported when it ends; the exporter's batches were sorted by begin time. */
export function asSpans(history: History): PlayerEvent[] {
  return asCmcd(history)
    .filter((event) => event.name !== 'heartbeat')
    .flatMap((event) => {
      const { seq: _, ...bare } = event;
      // A span that begins a state is seen at its begin and, while the state lasts, at its end.
      return event.name === 'state' ? [bare, { ...bare, name: 'heartbeat' as const }] : [bare];
    });
}

function withHeartbeats(told: readonly PlayerEvent[]): PlayerEvent[] {
  const events: PlayerEvent[] = [];
  for (const [index, event] of told.entries()) {
    events.push(event);
    const untilMs = told[index + 1]?.tsMs ?? event.tsMs;
    const { state } = event;
    for (let tsMs = event.tsMs + 10_000; tsMs < untilMs; tsMs += 10_000) {
      const beat = playerEvent(0, 'heartbeat', { ...(state ? { state } : {}), seq: 1e6 + events.length });
      events.push({ ...beat, tsMs });
    }
  }
  return events;
}
