import type { BoardId } from '../board-ids.ts';

/** One promtool series: values in its notation, one for every step. */
export type CaseSeries = readonly (readonly [series: string, values: string])[];

/** What an annotation says when it fires: the parts of the templates that are not fixed. */
export type Firing = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly viewers?: string;
  readonly verdict?: string;
};

/** Series and what must be firing at moments of them, for `promtool test rules`. */
export type AlertCase = {
  readonly kind: 'fires' | 'stays quiet' | 'guard';
  readonly title: string;
  /** 15 s unless a case lasts for hours. */
  readonly step?: '1m';
  readonly series: CaseSeries;
  readonly expect: readonly { readonly at: string; readonly firing: readonly Firing[] }[];
};

/** Words of templates: `{{label}}` is a label of the alert, `{{value}}` its value as `unit` says. */
export type Alert = {
  readonly name: `Playpath${string}`;
  readonly severity: 'page' | 'ticket';
  /** One page per domain: what viewers get, or the collector's own health. */
  readonly domain: 'streaming' | 'collector';
  /** Returns a series only while something is wrong; its value is never negative. */
  readonly expression: string;
  readonly for: string;
  readonly keepFiringFor?: string;
  readonly unit: 'percent' | 'seconds' | 'count';
  readonly summary: string;
  readonly description: string;
  /** How many people it concerns: a sum of this gauge over the alert's labels named in `by`. */
  readonly viewers: { readonly gauge: string; readonly by: readonly string[] };
  /** Where to look first; `filters` are dashboard variables filled from labels. */
  readonly board: BoardId;
  readonly filters: Readonly<Record<string, string>>;
  readonly runbook: {
    readonly meaning: string;
    readonly checks: readonly string[];
    readonly fixes: readonly string[];
  };
  readonly cases: readonly AlertCase[];
};

/** Fewer viewers than this wake nobody. */
export const MIN_VIEWERS = 20;
/** Fleet comparisons need this many (semantics: minimum sample). */
export const MIN_SAMPLE = 30;

export const ALL_VIEWERS = { gauge: 'playpath_concurrent_viewers', by: [] } as const;
export const TENANT_VIEWERS = { gauge: 'playpath_concurrent_viewers', by: ['tenant'] } as const;
export const CDN_VIEWERS = { gauge: 'playpath_cdn_concurrent_sessions', by: ['cdn'] } as const;

export const ENOUGH_VIEWERS = `on () (sum(playpath_concurrent_viewers) >= ${MIN_VIEWERS})`;
export const ENOUGH_TENANT_VIEWERS = `on (tenant) (sum by (tenant) (playpath_concurrent_viewers) >= ${MIN_VIEWERS})`;

/** The cause most incidents were put down to, of those that hurt somebody and could be put down to anything. */
export const LEADING_VERDICT =
  "topk(1, sum by (verdict) (increase(playpath_incidents_total{kind!='silent_failure',verdict!='unknown'}[5m])) > 0)";

export const NOBODY_FIRING: readonly Firing[] = [];
