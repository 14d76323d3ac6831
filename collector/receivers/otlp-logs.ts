import type { LineDecoder } from '../formats/format.ts';
import type { Event, RejectReason } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import { type Fields, isRecord, jsonFields, layeredFields, textField } from './fields.ts';
import { attributeFields, type OtlpLog, type OtlpMap, type OtlpValue, toJson } from './otlp-record.ts';
import { emitPlayback } from './playback-event.ts';
import { playbackName } from './playback-names.ts';
import type { PlayerDelivery } from './player-delivery.ts';
import type { LineSource, SourceTable } from './sources.ts';

export type LogOutcome = '' | 'not_playback' | 'unknown_source' | RejectReason;

/**
 * Gives log records their meaning: lines of a configured log go through its decoder, records with an event name of
 * playback are player events. One per receiver: decoders of OTLP streams live as long, because a `#Fields` header
 * that a log agent read once is not sent again.
 */
export class OtlpLogReader {
  readonly #sources: SourceTable;
  readonly #decoders = new Map<LineSource, LineDecoder>();

  constructor(sources: SourceTable) {
    this.#sources = sources;
  }

  /** The configured log a record belongs to, null for records of players and of strangers. */
  sourceOf(log: OtlpLog, resource: OtlpMap): LineSource | null {
    const own = attributeFields(log.attributes);
    const all = layeredFields(own, attributeFields(resource));
    return this.#sources.ofLogRecord(
      textField(all, 128, 'playpath.source'),
      textField(all, 256, 'service.name'),
      textField(all, 256, 'log.file.name'),
    );
  }

  /** A request begins: one that is repeated as a whole must give the same fingerprints. */
  begin(): void {
    for (const decoder of this.#decoders.values()) decoder.beginDelivery?.();
  }

  /** A line of a configured log. */
  line(
    log: OtlpLog,
    from: LineSource,
    receivedMs: UnixMs,
    emit: (event: Event) => void,
  ): { outcome: LogOutcome; line: string } {
    const line = lineOf(log);
    if (line === '') return { outcome: 'empty', line };
    const bytes = Buffer.from(line);
    let decoder = this.#decoders.get(from);
    if (decoder === undefined) {
      decoder = from.createDecoder();
      this.#decoders.set(from, decoder);
    }
    const decoded = decoder.decode(bytes, 0, bytes.length, { source: from.source, receivedMs }, emit);
    return { outcome: decoded === 'skip' ? '' : decoded, line };
  }
}

/** An event record of a player, or why it is none. */
export function emitLogEvent(
  log: OtlpLog,
  resource: OtlpMap,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
): LogOutcome {
  const fields = layeredFields(attributeFields(log.attributes), bodyFields(log.body), attributeFields(resource));
  const name = log.eventName || textField(fields, 64, 'event.name');
  if (name === '') return 'unknown_source';
  const named =
    playbackName(name) ?? (log.attributes.has('sta') ? { name: 'state' as const, phase: '' as const } : null);
  if (named === null) return 'not_playback';
  const sid = textField(fields, 128, 'media.session.id', 'session.id') || log.traceId;
  if (sid === '') return 'missing_session';
  if (!(log.timeMs > 0)) return 'missing_time';
  const context = new Map([
    ['traceId', log.traceId],
    ['spanId', log.spanId],
  ]);
  const layered = layeredFields({ get: (key) => context.get(key) }, fields);
  return emitPlayback({ named, sid, tsMs: log.timeMs, fields: layered }, delivery, emit);
}

/** The line as it was read; agents that parsed it leave an object, which is a JSON line again. */
function lineOf(log: OtlpLog): string {
  const { body } = log;
  if (typeof body === 'string') return body.replace(/[\r\n]+$/, '');
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const parsed = body ?? (log.attributes.size > 0 ? log.attributes : null);
  return parsed === null ? '' : JSON.stringify(toJson(parsed));
}

function bodyFields(body: OtlpValue | null): Fields {
  if (body instanceof Map) return attributeFields(body as OtlpMap);
  if (typeof body !== 'string' || !body.startsWith('{')) return { get: () => undefined };
  try {
    const parsed: unknown = JSON.parse(body);
    return jsonFields(isRecord(parsed) ? parsed : {});
  } catch {
    return { get: () => undefined };
  }
}
