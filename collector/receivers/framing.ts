import { eachElement, memberOf, skipSpace, stringAt, valueEnd } from './json-scan.ts';
import { eachLine, LineSplitter, type RecordSink } from './lines.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Other requests are served between turns of this size. */
const TURN_BYTES = 4 << 20;

/**
 * Cuts a body into records, whatever framing its sender uses (formats.md section 3): lines of any kind, a JSON
 * array, `{"records":[…]}`, `{"events":[…]}`, one JSON value, or JSON values one after the other.
 * One bad record costs itself: where structure is lost, what is left is refused as one piece.
 * False when the sink stopped.
 */
export function eachRecord(
  bytes: Uint8Array,
  start: number,
  end: number,
  limitBytes: number,
  sink: RecordSink,
): boolean {
  const from = skipSpace(bytes, skipMark(bytes, start), end);
  if (from >= end) return true;
  const first = bytes[from];
  if (first === OPEN_BRACKET && isJsonArray(bytes, from, end)) return eachOfArray(bytes, from, end, limitBytes, sink);
  const close = first === OPEN_BRACE ? valueEnd(bytes, from, end) : -1;
  if (close < 0 || isFollowedByLine(bytes, from, close, end)) return eachLine(bytes, start, end, limitBytes, sink);
  if (skipSpace(bytes, close, end) < end) return eachValue(bytes, from, end, limitBytes, sink);
  const batch = batchOf(bytes, from, close);
  if (batch >= 0) return eachOfArray(bytes, batch, end, limitBytes, sink);
  return take(bytes, from, close, limitBytes, sink);
}

/** The same for a whole body that may be large: lines are read in turns, with `pause` between them. */
export async function eachRecordInTurns(
  bytes: Uint8Array,
  limitBytes: number,
  sink: RecordSink,
  pause: () => Promise<void>,
): Promise<boolean> {
  if (bytes.length <= TURN_BYTES || !isLineFramed(bytes)) return eachRecord(bytes, 0, bytes.length, limitBytes, sink);
  const splitter = new LineSplitter(limitBytes, sink);
  for (let at = 0; at < bytes.length; at += TURN_BYTES) {
    if (!splitter.write(bytes, at, Math.min(bytes.length, at + TURN_BYTES))) return false;
    await pause();
  }
  return splitter.end();
}

/** Lines, as `eachRecord` sees it; judged by how the body begins. */
function isLineFramed(bytes: Uint8Array): boolean {
  const from = skipSpace(bytes, skipMark(bytes, 0), bytes.length);
  if (bytes[from] === OPEN_BRACKET) return !isJsonArray(bytes, from, bytes.length);
  if (bytes[from] !== OPEN_BRACE) return true;
  const close = valueEnd(bytes, from, bytes.length);
  return close < 0 || isFollowedByLine(bytes, from, close, bytes.length);
}

/** The first value is the whole first line and something comes after it: NDJSON. */
function isFollowedByLine(bytes: Uint8Array, from: number, close: number, end: number): boolean {
  const next = skipSpace(bytes, close, end);
  const lineEnd = bytes.indexOf(LF, from);
  return next < end && lineEnd >= close && lineEnd < next;
}

function eachOfArray(bytes: Uint8Array, at: number, end: number, limitBytes: number, sink: RecordSink): boolean {
  let isStopped = false;
  const after = eachElement(bytes, at, end, (start, close) => {
    isStopped = !take(bytes, start, close, limitBytes, sink);
    return !isStopped;
  });
  if (isStopped) return false;
  if (after < 0 && -1 - after < end) sink.refuse('not_json', bytes, -1 - after, end);
  return true;
}

function eachValue(bytes: Uint8Array, at: number, end: number, limitBytes: number, sink: RecordSink): boolean {
  let i = at;
  while (i < end) {
    const close = valueEnd(bytes, i, end);
    if (close < 0) {
      sink.refuse('not_json', bytes, i, end);
      return true;
    }
    if (!take(bytes, i, close, limitBytes, sink)) return false;
    i = skipSpace(bytes, close, end);
  }
  return true;
}

function take(bytes: Uint8Array, start: number, end: number, limitBytes: number, sink: RecordSink): boolean {
  if (end - start > limitBytes) {
    sink.refuse('too_long', bytes, start, end);
    return true;
  }
  // A string in a JSON array is a raw line in quotes.
  if (bytes[start] === QUOTE) {
    const line = Buffer.from(stringAt(bytes, { start, end }));
    return line.length === 0 || eachLine(line, 0, line.length, limitBytes, sink);
  }
  return sink.record(bytes, start, end);
}

/** Offset of the array in an object that is only an envelope around records, -1 when it is a record itself. */
function batchOf(bytes: Uint8Array, at: number, end: number): number {
  for (const name of ['records', 'events']) {
    const batch = memberOf(bytes, at, end, name);
    if (batch !== null && bytes[batch.start] === OPEN_BRACKET) return batch.start;
  }
  return -1;
}

/** Some text logs begin with a bracket as well: `[21/Nov/2026:20:58:46 +0000] …`. */
function isJsonArray(bytes: Uint8Array, at: number, end: number): boolean {
  const inner = skipSpace(bytes, at + 1, end);
  const byte = bytes[inner];
  return inner < end && (byte === OPEN_BRACE || byte === OPEN_BRACKET || byte === QUOTE || byte === 0x5d);
}

function skipMark(bytes: Uint8Array, at: number): number {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? at + 3 : at;
}
