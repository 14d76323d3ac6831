import { hashRatio } from './random.ts';
import type { IncidentSpec } from './scenario.ts';

/** What can be broken on purpose; docs/lab.md says what each does and which verdict it deserves. */
export const FAULTS = [
  'edge_5xx',
  'edge_slow',
  'origin_5xx',
  'origin_slow',
  'miss_storm',
  'congestion',
  'abr_oscillation',
  'manifest_stale',
  'token_expired',
  'player_crash',
  'steering',
  'silent_reroute',
] as const;
export type Fault = (typeof FAULTS)[number];

/** One scheduled fault in true time. */
export class Incident {
  readonly spec: IncidentSpec;
  readonly index: number;
  readonly #startMs: number;

  constructor(spec: IncidentSpec, index: number, startMs: number) {
    this.spec = spec;
    this.index = index;
    this.#startMs = startMs;
  }

  /** Begin of the occurrence `atMs` lies in; NaN outside. */
  beginAt(atMs: number): number {
    const { beginMs, durationMs, everyMs } = this.spec;
    const since = atMs - this.#startMs - beginMs;
    if (since < 0) return Number.NaN;
    const into = everyMs > 0 ? since % everyMs : since;
    return into < durationMs ? atMs - into : Number.NaN;
  }

  isActive(atMs: number): boolean {
    return !Number.isNaN(this.beginAt(atMs));
  }

  /** Begin of the first occurrence that ends after `atMs`; Infinity when it is over. */
  nextBegin(atMs: number): number {
    const { beginMs, durationMs, everyMs } = this.spec;
    const since = atMs - this.#startMs - beginMs;
    if (since < durationMs) return this.#startMs + beginMs;
    if (everyMs <= 0) return Number.POSITIVE_INFINITY;
    const rounds = Math.floor((since - durationMs) / everyMs) + 1;
    return this.#startMs + beginMs + rounds * everyMs;
  }

  /** Whether this session is among the share that is hit, in the occurrence that began at `beginMs`. */
  hitsSession(serial: number, beginMs: number): boolean {
    const occurrence = this.spec.everyMs > 0 ? Math.round((beginMs - this.#startMs) / this.spec.everyMs) : 0;
    return hashRatio(serial, this.index + 1, occurrence) < this.spec.share;
  }
}

/** All faults of a run, found by kind and place. */
export class IncidentPlan {
  readonly all: readonly Incident[];
  readonly #byFault: ReadonlyMap<Fault, readonly Incident[]>;

  constructor(specs: readonly IncidentSpec[], startMs: number) {
    this.all = specs.map((spec, index) => new Incident(spec, index, startMs));
    this.#byFault = Map.groupBy(this.all, (incident) => incident.spec.fault);
  }

  of(fault: Fault): readonly Incident[] {
    return this.#byFault.get(fault) ?? [];
  }

  /** The fault of this kind at a place of a CDN, if one is active. */
  at(fault: Fault, atMs: number, cdn: string, site: string, contentId: string): Incident | undefined {
    for (const incident of this.of(fault)) {
      const { spec } = incident;
      if (
        (spec.cdn === '' || spec.cdn === cdn) &&
        (spec.site === '' || spec.site === site) &&
        (spec.content === '' || spec.content === contentId) &&
        incident.isActive(atMs)
      ) {
        return incident;
      }
    }
    return undefined;
  }

  /** Faults of this kind that a session of this network and content may meet. */
  touching(fault: Fault, network: string, contentId: string): readonly Incident[] {
    return this.of(fault).filter(
      ({ spec }) =>
        (spec.network === '' || spec.network === network || network.startsWith(`${spec.network}-`)) &&
        (spec.content === '' || spec.content === contentId),
    );
  }
}
