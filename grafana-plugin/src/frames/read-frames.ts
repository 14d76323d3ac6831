import { type DataFrame } from '@grafana/data';
import { SPAN_NAMES } from '../contract.gen';
import { type Note } from '../model/session-model';
import { type Span } from '../model/span';
import { isLongFrame, type LaneRow, readLongFrame } from './long-frame';
import { isSearchFrame, nestedFrames, readSearchFrame } from './search-frame';
import { isSeriesFrame, type Overlay, readSeriesFrame } from './series-frame';
import { isTraceFrame, readTraceFrame } from './trace-frame';
import { asText, isRecord } from './values';

export type ReadFrames = {
  readonly spans: readonly Span[];
  readonly rows: readonly LaneRow[];
  /** Sessions of tables: complete as they are, with or without a row for the session. */
  readonly tables: ReadonlySet<string>;
  readonly overlays: readonly Overlay[];
  readonly notes: readonly Note[];
  /** Set when there is no session to draw: what is missing, for the person who made the query. */
  readonly problem?: string;
};

/** Everything the panel understands of its data, whatever the order and number of frames. */
export function readFrames(frames: DataFrame[]): ReadFrames {
  const spans: Span[] = [];
  const rows: LaneRow[] = [];
  const tables = new Set<string>();
  const overlays: Overlay[] = [];
  const notes: Note[] = [];
  frames.forEach((frame, index) => {
    const nested = nestedFrames(frame);
    if (isTraceFrame(frame)) {
      spans.push(...readTraceFrame(frame, index));
      notes.push(...partialNote(frame));
    } else if (isSearchFrame(frame) || nested.length > 0) {
      // Rows of a frame within a row have no links of their own.
      const found =
        nested.length > 0 ? nested.map((inner) => readSearchFrame(inner, -1)) : [readSearchFrame(frame, index)];
      found.forEach((own) => spans.push(...own));
      notes.push({
        severity: 'warning',
        text: 'A search finds a few spans of a trace: open it by its id to see it whole',
      });
    } else if (isLongFrame(frame)) {
      const long = readLongFrame(frame, index);
      spans.push(...long.spans);
      rows.push(...long.rows);
      long.spans.forEach(({ traceId }) => tables.add(traceId));
    } else if (isSeriesFrame(frame)) {
      overlays.push(...readSeriesFrame(frame, index, frames));
    }
  });
  const problem = problemOf(frames, spans, rows, overlays);
  return { spans, rows, tables, overlays, notes, ...(problem !== '' && { problem }) };
}

/** Tempo says so when it could not find or hold all of a trace. */
function partialNote(frame: DataFrame): Note[] {
  const custom = frame.meta?.custom;
  if (!isRecord(custom) || custom.partial !== true) {
    return [];
  }
  const message = asText(custom.message);
  return [{ severity: 'warning', text: `Partial trace${message === '' ? '' : `: ${message}`}` }];
}

const KNOWN: ReadonlySet<string> = new Set(SPAN_NAMES);

function problemOf(frames: DataFrame[], spans: Span[], rows: LaneRow[], overlays: Overlay[]): string {
  if (spans.some(({ name }) => KNOWN.has(name)) || rows.length > 0) {
    return '';
  }
  const isEmpty = frames.every(({ length }) => length === 0);
  if (spans.length > 0) {
    const names = [...new Set(spans.map(({ name }) => name))].slice(0, 5).join(', ');
    return `This trace has ${spans.length} spans, but none of Playpath's (session, request, edge, …). It has: ${names}.`;
  }
  if (frames.length === 0 || isEmpty) {
    return 'The query found no spans. Ask Tempo or Jaeger for a trace by its id: the trace id of a session is its session id.';
  }
  if (overlays.length > 0) {
    return 'There are time series, but no session to draw them beside. Add a query that returns a trace.';
  }
  return missingFields(frames[0]);
}

const NEEDED = ['traceID', 'spanID', 'operationName', 'startTime', 'duration'];

function missingFields(frame: DataFrame): string {
  const names = frame.fields.map(({ name }) => name);
  const missing = NEEDED.filter((name) => !names.some((has) => has.toLowerCase() === name.toLowerCase()));
  return (
    `The data has no spans: fields ${missing.join(', ')} are missing (there are: ${names.slice(0, 8).join(', ')}). ` +
    'Ask for a trace by its id, or give a table with time, duration, lane and state.'
  );
}
