import type { PlayerEvent } from '../model/player-event.ts';
import type { RecordReader } from './record-reader.ts';
import type { RecordWriter } from './record-writer.ts';

/** What a player event says besides its source and client, which are written once per frame. */
type Said = Omit<PlayerEvent, 'kind' | 'source' | 'client'>;
type FieldKind = 'text' | 'number' | 'flag';

/**
 * By tag, from 1 on, in this order. A place in it never changes: journals outlive a release. The type asks for every
 * field there is, so that none is forgotten on the way through a journal.
 */
const KINDS: { readonly [Name in keyof Said]-?: FieldKind } = {
  name: 'text',
  sid: 'text',
  contentId: 'text',
  tsMs: 'number',
  receivedMs: 'number',
  seq: 'number',
  state: 'text',
  bitrateKbps: 'number',
  fromBitrateKbps: 'number',
  height: 'number',
  phase: 'text',
  reason: 'text',
  bufferMs: 'number',
  playheadMs: 'number',
  measuredKbps: 'number',
  liveLatencyMs: 'number',
  starvedMs: 'number',
  startupMs: 'number',
  droppedFrames: 'number',
  decodedFrames: 'number',
  isBackground: 'flag',
  errorClass: 'text',
  isFatal: 'flag',
  errorCode: 'text',
  message: 'text',
  url: 'text',
  cdn: 'text',
  bytes: 'number',
  streamType: 'text',
  player: 'text',
  property: 'text',
  viewerId: 'text',
  title: 'text',
  traceId: 'text',
  spanId: 'text',
  referrer: 'text',
};
const FIELDS = Object.entries(KINDS);
const TAGS = new Map<string, number>(FIELDS.map(([name], index) => [name, index + 1]));

/** Only what is there is written, and all that is there: '' and NaN too. 0 ends the record. */
export function writePlayerEvent(writer: RecordWriter, event: PlayerEvent): void {
  for (const [name, value] of Object.entries(event)) {
    const tag = TAGS.get(name);
    if (tag === undefined) continue;
    if (typeof value === 'number') writer.present(tag, value);
    else if (typeof value === 'boolean') writer.byte((tag << 1) | (value ? 1 : 0));
    else if (typeof value === 'string') writer.presentText(tag, value);
  }
  writer.byte(0);
}

/** What `writePlayerEvent` wrote; `reader.isBroken` when it is not that. */
export function readPlayerEvent(reader: RecordReader): Said {
  const said: Record<string, string | number | boolean> = {};
  for (let tag = reader.byte(); tag !== 0 && !reader.isBroken; tag = reader.byte()) {
    const field = FIELDS[(tag >> 1) - 1];
    if (field === undefined) {
      reader.isBroken = true;
      break;
    }
    const [name, kind] = field;
    if (kind === 'number') said[name] = reader.number(tag);
    else if (kind === 'flag') said[name] = (tag & 1) === 1;
    else said[name] = reader.text(tag);
  }
  const isWhole = typeof said.name === 'string' && typeof said.sid === 'string' && typeof said.tsMs === 'number';
  if (!isWhole) reader.isBroken = true;
  return said as unknown as Said;
}
