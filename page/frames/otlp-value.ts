import type { OtlpJsonAttribute, OtlpJsonValue } from '../../collector/exporters/otlp-json.ts';

export type KeyValue = { readonly key: string; readonly value: string | number | boolean };

/** Attributes as pairs. Lists become JSON text and infinities text, as Grafana's Tempo data source does it. */
export function keyValues(attributes: readonly OtlpJsonAttribute[]): KeyValue[] {
  return attributes.map(({ key, value }) => ({ key, value: plainValue(value) }));
}

function plainValue(value: OtlpJsonValue): KeyValue['value'] {
  if ('stringValue' in value) return value.stringValue;
  if ('boolValue' in value) return value.boolValue;
  if ('intValue' in value) return Number(value.intValue);
  if ('doubleValue' in value) return value.doubleValue;
  return JSON.stringify(value.arrayValue.values.map(plainValue));
}

/** Milliseconds since 1970 with their fraction, of nanoseconds in decimal digits: what float64 keeps of them. */
export function millisecondsOf(nanos: string): number {
  return Number(nanos) / 1e6;
}

/** Milliseconds between two such times, exact where the difference is. */
export function durationMs(startNanos: string, endNanos: string): number {
  return Number(BigInt(endNanos) - BigInt(startNanos)) / 1e6;
}
