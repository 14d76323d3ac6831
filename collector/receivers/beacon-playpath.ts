import type { Event, RejectReason } from '../model/event.ts';
import { type Fields, textField, timeField } from './fields.ts';
import { emitPlayback } from './playback-event.ts';
import { type Named, PLAYBACK_NAMES } from './playback-names.ts';
import type { PlayerDelivery } from './player-delivery.ts';
import { requestReport } from './player-report.ts';

const LONGEST_SESSION = 128;
/** The beacon's own names only: a page that invents names should hear that nobody knows them. */
const NAMES = new Map<string, Named>(PLAYBACK_NAMES.map((name) => [name, { name, phase: '' }]));

/** One event of docs/beacon.md sections 3 to 5; '' or why it is none. */
export function emitPlaypathBeacon(
  fields: Fields,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
): '' | RejectReason {
  const sid = textField(fields, LONGEST_SESSION, 'session');
  if (sid === '') return 'missing_session';
  const tsMs = timeField(fields, 'ts');
  if (!(tsMs > 0)) return 'missing_time';
  const name = textField(fields, 64, 'event');
  if (name === 'request') {
    const report = requestReport(sid, tsMs, fields, delivery);
    if (typeof report === 'string') return report;
    emit(report);
    return '';
  }
  const named = NAMES.get(name);
  return named === undefined ? 'unknown_event' : emitPlayback({ named, sid, tsMs, fields }, delivery, emit);
}
