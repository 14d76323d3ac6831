import { type DataFrame } from '@grafana/data';
import { ATTR } from '../contract.gen';
import { type RowRef, type Span } from '../model/span';
import { asNumber, asText, asTimeMs, fieldsByName } from './values';

/** A box in a lane of the user's own. */
export type LaneRow = {
  readonly session: string;
  readonly lane: string;
  readonly state: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly source: RowRef;
};

/** Short column names for the attributes a person would type. Every attribute's own name works as well. */
const COLUMNS: Readonly<Record<string, string>> = {
  cdn: ATTR.cdnName,
  pop: ATTR.cdnPop,
  status: ATTR.status,
  cache: ATTR.cacheStatus,
  type: ATTR.objectType,
  path: ATTR.urlPath,
  bitrate: ATTR.renditionBitrate,
  buffer: ATTR.bufferLength,
  media: ATTR.objectDuration,
  ttfb: ATTR.ttfb,
  bytes: ATTR.bodySize,
  error: ATTR.errorType,
  verdict: ATTR.verdict,
  sentence: ATTR.verdictSentence,
  kind: ATTR.incidentKind,
  from: ATTR.failoverFrom,
  to: ATTR.failoverTo,
  reason: ATTR.failoverReason,
};

/** Lanes of the panel, and the span a row of each stands for. */
const SPAN_OF_LANE: Readonly<Record<string, string>> = {
  request: 'request',
  edge: 'edge',
  shield: 'shield',
  origin: 'origin',
  incident: 'incident',
  failover: 'failover',
  session: 'session',
};

const SPAN_OF_STATE: Readonly<Record<string, string>> = {
  startup: 'startup',
  stalled: 'stall',
  seeking: 'seek',
  paused: 'pause',
  ad: 'ad',
  ended: 'ended',
  failed: 'incident',
};

/** A table of any data source: a row per box, with at least `time`, `lane` and `duration` or `timeEnd`. */
export function isLongFrame(frame: DataFrame): boolean {
  const fields = fieldsByName(frame);
  return fields.has('time') && fields.has('lane') && (fields.has('duration') || fields.has('timeend'));
}

export function readLongFrame(frame: DataFrame, frameIndex: number): { spans: Span[]; rows: LaneRow[] } {
  const fields = fieldsByName(frame);
  const cell = (name: string, row: number): unknown => fields.get(name)?.values[row];
  const spans: Span[] = [];
  const rows: LaneRow[] = [];
  for (let row = 0; row < frame.length; row++) {
    const startMs = asTimeMs(cell('time', row));
    const endMs = endOf(startMs, cell('timeend', row), cell('duration', row));
    if (Number.isNaN(startMs)) {
      continue;
    }
    const [lane, state] = [asText(cell('lane', row)), asText(cell('state', row))];
    const session = asText(cell('session', row)) || frame.name || 'table';
    const source = { frame: frameIndex, row };
    const name = lane === 'player' ? SPAN_OF_STATE[state] : SPAN_OF_LANE[lane];
    if (name !== undefined) {
      const attributes = attributesOf(frame, row, knownOf(lane, state)).set(ATTR.sessionId, session);
      const spanId = asText(cell('id', row)) || `${frameIndex}/${row}`;
      const ids = { traceId: session, spanId, parentSpanId: asText(cell('parent', row)) };
      const links = asText(cell('evidence', row))
        .split(/[\s,]+/)
        .filter((id) => id !== '');
      const rest = { isError: false, statusMessage: '', links, events: [], source };
      spans.push({ ...ids, name, service: lane, startMs, endMs, attributes, ...rest });
    } else if (!(lane === 'player' && state === 'playing')) {
      rows.push({ session, lane, state, startMs, endMs, source });
    }
  }
  return { spans, rows };
}

function endOf(startMs: number, timeEnd: unknown, duration: unknown): number {
  const endMs = asTimeMs(timeEnd);
  return Number.isNaN(endMs) ? startMs + Math.max(0, asNumber(duration) || 0) : Math.max(startMs, endMs);
}

type Known = ReadonlyArray<readonly [name: string, value: unknown]>;

/** What a table says of the player is the player's word, unless a column says otherwise. */
const STATE_FACTS: Known = [[ATTR.stallPrecision, 'exact']];
const FAILED_FACTS: Known = [...STATE_FACTS, [ATTR.incidentKind, 'playback_failure']];

function knownOf(lane: string, state: string): Known {
  return lane !== 'player' ? [] : state === 'failed' ? FAILED_FACTS : STATE_FACTS;
}

function attributesOf(frame: DataFrame, row: number, known: Known): Map<string, unknown> {
  const attributes = new Map<string, unknown>(known);
  for (const field of frame.fields) {
    const value = field.values[row];
    if (value !== null && value !== undefined && value !== '') {
      attributes.set(COLUMNS[field.name.toLowerCase()] ?? field.name, value);
    }
  }
  return attributes;
}
