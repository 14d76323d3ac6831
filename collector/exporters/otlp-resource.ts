import { ATTRIBUTES } from '../model/semconv.ts';
import type { Attributes } from '../model/span.ts';

/** Instrumentation scope of every span. */
export const SCOPE_NAME = 'playpath';

/** Resource of one emitter: a service graph draws one node per `service.name`. Never empty: Tempo drops such spans. */
export function resourceAttributes(service: string, tenant: string, version: string): Attributes {
  return [
    ['service.name', service],
    ['service.namespace', 'playpath'],
    ['playpath.tenant', tenant],
    ['telemetry.sdk.name', 'playpath'],
    ['telemetry.sdk.language', 'nodejs'],
    ['telemetry.sdk.version', version],
  ];
}

// OTLP has two number types and JavaScript one; a store gives an attribute that changes its type two columns.
/** Attributes that are doubles even where their value is whole: times and ratios. */
const DOUBLES: ReadonlySet<string> = new Set(
  Object.values(ATTRIBUTES)
    .filter(([, unit]) => unit === 's' || unit === '1')
    .map(([name]) => name),
);

/** How OTLP types a number; '' for NaN, our "absent", which is not written. */
export function numberType(name: string, value: number): 'int' | 'double' | '' {
  if (Number.isSafeInteger(value)) return DOUBLES.has(name) ? 'double' : 'int';
  return Number.isNaN(value) ? '' : 'double';
}
