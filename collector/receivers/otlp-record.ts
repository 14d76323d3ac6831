import type { UnixMs } from '../model/time.ts';
import type { Fields } from './fields.ts';

/** OTLP AnyValue. 64-bit integers are numbers: exact up to 2^53, which no value we read exceeds. */
export type OtlpValue = string | number | boolean | Uint8Array | readonly OtlpValue[] | OtlpMap;
export interface OtlpMap extends ReadonlyMap<string, OtlpValue> {}

/** Ids are lower-case hex, '' when absent; times are Unix ms, NaN when absent. */
export type OtlpSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  /** Wire number: 0 unspecified, 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly startMs: UnixMs;
  readonly endMs: UnixMs;
  readonly attributes: OtlpMap;
  readonly events: readonly OtlpEvent[];
  /** Status code 2. */
  readonly isError: boolean;
  readonly statusMessage: string;
};

export type OtlpEvent = { readonly name: string; readonly timeMs: UnixMs; readonly attributes: OtlpMap };

export type OtlpLog = {
  /** When it happened, else when it was observed. */
  readonly timeMs: UnixMs;
  readonly eventName: string;
  readonly body: OtlpValue | null;
  readonly attributes: OtlpMap;
  readonly traceId: string;
  readonly spanId: string;
};

/** The records of one resource. `malformed` counts records that were none. */
export type OtlpBatch<T> = { readonly resource: OtlpMap; readonly records: readonly T[]; readonly malformed: number };

/** Both decoders end here; `null` is a body that is not the request it claims to be. */
export type OtlpBatches<T> = readonly OtlpBatch<T>[] | null;

/** Deeper values are cut off: nobody nests log attributes this far. */
export const MAX_VALUE_DEPTH = 16;

/** Unix ms of nanoseconds, NaN for none. Doubles hold them to 256 ns, so the last digits are rounded to microseconds. */
export function msOfNanoseconds(nanoseconds: number): UnixMs {
  return nanoseconds > 0 ? Math.round(nanoseconds / 1e3) / 1e3 : Number.NaN;
}

/** Attributes as fields; a list of one (header attributes) is its element. */
export function attributeFields(map: OtlpMap): Fields {
  return {
    get: (name) => {
      const value = map.get(name);
      return Array.isArray(value) && value.length === 1 ? value[0] : value;
    },
  };
}

/** A value as plain JSON data, for lines that collectors parsed into attributes. */
export function toJson(value: OtlpValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map)
    return Object.fromEntries([...(value as OtlpMap)].map(([key, entry]) => [key, toJson(entry)]));
  if (Array.isArray(value)) return (value as readonly OtlpValue[]).map(toJson);
  return value;
}
