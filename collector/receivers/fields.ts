import type { UnixMs } from '../model/time.ts';

/** Untyped fields of one report, whatever carried them: a JSON object or OTLP attributes. Absent is undefined. */
export interface Fields {
  get(name: string): unknown;
}

/** Own members only: `__proto__` and `constructor` of a hostile body are fields like any other. */
export function jsonFields(object: Readonly<Record<string, unknown>>, inherited: Fields | null = null): Fields {
  return { get: (name) => (Object.hasOwn(object, name) ? object[name] : inherited?.get(name)) };
}

/** The first of several sets of fields that has the name. */
export function layeredFields(...layers: readonly Fields[]): Fields {
  return {
    get: (name) => {
      for (const layer of layers) {
        const value = layer.get(name);
        if (value !== undefined) return value;
      }
      return undefined;
    },
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text cut to a length, '' when absent. Numbers become text: ids are often sent as numbers. */
export function textField(fields: Fields, limit: number, ...names: readonly string[]): string {
  for (const name of names) {
    const value = fields.get(name);
    if (typeof value === 'string' && value !== '') return value.slice(0, limit);
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  }
  return '';
}

/** A finite number, also when sent as text; NaN when absent. */
export function numberField(fields: Fields, ...names: readonly string[]): number {
  for (const name of names) {
    const value = fields.get(name);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
  }
  return Number.NaN;
}

/** A boolean, also as text or 0/1; undefined when absent. */
export function flagField(fields: Fields, ...names: readonly string[]): boolean | undefined {
  for (const name of names) {
    const value = fields.get(name);
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 1 || value === '1') return true;
    if (value === 'false' || value === 0 || value === '0') return false;
  }
  return undefined;
}

/** Unix ms from a number or ISO 8601 text; NaN when absent or not a time. */
export function timeField(fields: Fields, ...names: readonly string[]): UnixMs {
  for (const name of names) {
    const value = fields.get(name);
    const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number(value);
    if (value !== null && value !== '' && typeof value !== 'boolean' && ms > 0 && ms < 8.64e15) return ms;
  }
  return Number.NaN;
}
