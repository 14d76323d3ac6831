import { type DataFrame, type Field } from '@grafana/data';

/** Fields of a frame by lower-case name; the first of a name wins. */
export function fieldsByName(frame: DataFrame): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const field of frame.fields) {
    const name = field.name.toLowerCase();
    if (!fields.has(name)) {
      fields.set(name, field);
    }
  }
  return fields;
}

export function asText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

/** NaN for what is no number. A trace search writes `<1ms` for the shortest. */
export function asNumber(value: unknown): number {
  if (typeof value === 'number') {
    return value;
  }
  if (typeof value !== 'string' || value.trim() === '') {
    return NaN;
  }
  return value === '<1ms' ? 0 : Number(value);
}

/** Unix milliseconds from a number, a numeric text or an ISO time; NaN for anything else. */
export function asTimeMs(value: unknown): number {
  const number = asNumber(value);
  if (!Number.isNaN(number)) {
    return number;
  }
  return typeof value === 'string' ? Date.parse(value) : NaN;
}

const NONE: ReadonlyArray<Record<string, unknown>> = [];

/** A list column may hold null, an array, or its JSON text. */
export function asRecords(value: unknown): ReadonlyArray<Record<string, unknown>> {
  const list = typeof value === 'string' && value.startsWith('[') ? parse(value) : value;
  if (!Array.isArray(list) || list.length === 0) {
    return NONE;
  }
  // Ten thousand lists of fifteen: only a list with something else in it is copied.
  return list.every(isRecord) ? list : list.filter(isRecord);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
