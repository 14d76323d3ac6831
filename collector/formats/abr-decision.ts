import type { Event } from '../model/event.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { Delivery } from '../model/source.ts';
import type { Decoded, Format, LineDecoder } from './format.ts';
import { knownIds } from './parse/byte-interner.ts';
import { Columns } from './parse/columns.ts';
import { fieldColumns } from './parse/field-names.ts';
import { JsonFields, jsonProblem } from './parse/json-fields.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';
import { timestampMs } from './parse/timestamp.ts';

/**
 * Playpath's own log of ABR decisions, for players and servers that choose renditions: NDJSON, one decision a line.
 *
 * | key | | meaning |
 * |---|---|---|
 * | `session` | required | session id, the CMCD `sid` of the same playback |
 * | `ts` | required | when it was decided: epoch in any unit, or RFC 3339 |
 * | `to_kbps` | required | bitrate of the chosen rendition, kbit/s |
 * | `from_kbps` | | bitrate of the one before |
 * | `phase` | | `requested` (default) when it was chosen, `applied` when it is on screen |
 * | `reason` | | rule that decided, e.g. `throughput`, `buffer`, `abandon`, `dropped_frames` |
 * | `throughput_kbps` | | throughput the decision assumed, kbit/s |
 * | `buffer_ms` | | buffer at the decision |
 * | `height` | | height of the chosen rendition, pixels |
 * | `content`, `seq`, `playhead_ms`, `player` | | as everywhere |
 */
export const abrDecision: Format = {
  name: 'abr-decision',
  reference: 'collector/formats/abr-decision.ts',
  latenessMs: 60_000,
  create: () => new AbrDecision(),
};

const { names, column } = fieldColumns({
  session: 'session sid',
  time: 'ts',
  to: 'to_kbps',
  from: 'from_kbps',
  phase: 'phase',
  reason: 'reason',
  throughput: 'throughput_kbps',
  buffer: 'buffer_ms',
  height: 'height',
  content: 'content',
  seq: 'seq',
  playhead: 'playhead_ms',
  player: 'player',
});

const LONGEST_TEXT = 256;

type Writable = { -readonly [K in keyof PlayerEvent]: PlayerEvent[K] };

class AbrDecision implements LineDecoder {
  readonly #fields = new JsonFields(names);
  readonly #columns = new Columns(names.count);

  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded {
    const to = lineEnd(bytes, start, end);
    const from = lineStart(bytes, start, to);
    const problem = lineProblem(from, to);
    if (problem !== '') return problem;
    const columns = this.#columns;
    columns.begin(bytes, to - from);
    if (!this.#fields.read(columns, from, to)) return jsonProblem(bytes, from);
    if (!columns.has(column.session)) return 'missing_session';
    if (!columns.has(column.time)) return 'missing_time';
    const tsMs = timestampMs(columns.bytes(column.time), columns.start(column.time), columns.end(column.time));
    if (Number.isNaN(tsMs)) return 'bad_time';
    const bitrateKbps = columns.number(column.to);
    if (!(bitrateKbps > 0)) return 'bad_value';
    const event: Writable = {
      kind: 'player',
      name: 'rendition',
      source: delivery.source,
      sid: columns.shared(column.session, knownIds),
      tsMs,
      receivedMs: delivery.receivedMs,
      bitrateKbps,
      phase: columns.is(column.phase, 'applied') ? 'applied' : 'requested',
    };
    this.#addMeasures(event);
    emit(event);
    return '';
  }

  #addMeasures(event: Writable): void {
    const columns = this.#columns;
    const number = (at: number, take: (value: number) => void): void => {
      const value = columns.number(at);
      if (value >= 0) take(value);
    };
    number(column.from, (value) => {
      event.fromBitrateKbps = value;
    });
    number(column.throughput, (value) => {
      event.measuredKbps = value;
    });
    number(column.buffer, (value) => {
      event.bufferMs = value;
    });
    number(column.height, (value) => {
      event.height = value;
    });
    number(column.seq, (value) => {
      event.seq = value;
    });
    number(column.playhead, (value) => {
      event.playheadMs = value;
    });
    if (columns.has(column.reason)) event.reason = columns.shared(column.reason, knownIds).slice(0, LONGEST_TEXT);
    if (columns.has(column.content)) event.contentId = columns.shared(column.content, knownIds).slice(0, LONGEST_TEXT);
    if (columns.has(column.player)) event.player = columns.shared(column.player, knownIds).slice(0, LONGEST_TEXT);
  }
}
