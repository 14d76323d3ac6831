import type { Attributes } from '../model/span.ts';

/** Instrumentation scope of every span. */
export const SCOPE_NAME = 'playpath';

/** What every exported request says about the program that made it. */
export type OtlpOrigin = {
  /** Version of this program, as in package.json. */
  readonly version: string;
  /**
   * Attributes that are doubles even where their value is whole (`cdn.ttfb` of exactly 1 s). OTLP has two number
   * types, JavaScript one, and a store gives an attribute that changes type two columns.
   */
  readonly doubleAttributes: ReadonlySet<string>;
};

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

/** How OTLP types a number: NaN is our "absent" and is not written at all. */
export function numberType(name: string, value: number, doubleAttributes: ReadonlySet<string>): 'int' | 'double' | '' {
  if (Number.isSafeInteger(value)) return doubleAttributes.has(name) ? 'double' : 'int';
  return Number.isNaN(value) ? '' : 'double';
}
