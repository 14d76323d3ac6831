import type { Event, RejectReason } from '../model/event.ts';
import { emitEpasBeacon, isEpas } from './beacon-epas.ts';
import { emitIvsHeartbeat, isIvsHeartbeat } from './beacon-ivs.ts';
import { emitPlaypathBeacon } from './beacon-playpath.ts';
import { type Fields, isRecord, jsonFields } from './fields.ts';
import { eachRecord } from './framing.ts';
import type { PlayerDelivery } from './player-delivery.ts';

/** One event may be refused; `sample` is what it looked like. */
export type Refuse = (reason: RejectReason | 'too_large', sample: string) => void;

const MAX_EVENTS = 1_000;
const SAMPLE_CHARACTERS = 4_096;
const DECODER = new TextDecoder('utf-8');

/**
 * Events of a beacon body in any of the three dialects (docs/beacon.md): one object, an array, an envelope of common
 * fields around `events`, or an object a line. A bad event costs itself only.
 */
export function decodeBeacons(
  body: Uint8Array,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
  refuse: Refuse,
): void {
  const text = DECODER.decode(body);
  const whole = parse(text);
  let taken = 0;
  const take = (value: unknown, inherited: Fields | null): void => {
    taken += 1;
    if (taken > MAX_EVENTS) {
      if (taken === MAX_EVENTS + 1) refuse('too_large', `more than ${MAX_EVENTS} events`);
      return;
    }
    const reason = isRecord(value) ? emitBeacon(jsonFields(value, inherited), delivery, emit) : 'not_object';
    if (reason !== '') refuse(reason, sampleOf(value));
  };
  const takeAny = (value: unknown): void => {
    if (isRecord(value) && Object.hasOwn(value, 'events') && Array.isArray(value.events)) {
      const common = jsonFields(value);
      for (const event of value.events) take(event, common);
    } else take(value, null);
  };
  if (whole !== undefined) {
    for (const value of Array.isArray(whole) ? whole : [whole]) takeAny(value);
    return;
  }
  eachRecord(body, 0, body.length, body.length, {
    record: (bytes, start, end) => {
      const line = DECODER.decode(bytes.subarray(start, end));
      const value = parse(line);
      if (value === undefined) refuse('not_json', line.slice(0, SAMPLE_CHARACTERS));
      else takeAny(value);
      return true;
    },
    refuse: (reason, bytes, start, end) =>
      refuse(reason, DECODER.decode(bytes.subarray(start, Math.min(end, start + SAMPLE_CHARACTERS)))),
  });
}

function emitBeacon(fields: Fields, delivery: PlayerDelivery, emit: (event: Event) => void): '' | RejectReason {
  if (fields.get('session') !== undefined) return emitPlaypathBeacon(fields, delivery, emit);
  if (isEpas(fields)) return emitEpasBeacon(fields, delivery, emit);
  if (isIvsHeartbeat(fields)) return emitIvsHeartbeat(fields, delivery, emit);
  return 'missing_session';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sampleOf(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? '').slice(0, SAMPLE_CHARACTERS);
  } catch {
    // JSON.parse reads nesting of any depth, JSON.stringify does not write it.
    return 'nested too deeply to show';
  }
}
