import { CATALOGUE_TEXTS } from './catalogue-table.ts';
import {
  ATTEMPTS,
  CONSUMPTION,
  DOWNLOADS,
  IS_AUDIENCE,
  START_FAILURES,
  STARTS,
  STREAMS,
  UNKNOWN_STARTS,
  VIEWER_HASH,
} from './measures.ts';

/**
 * What rows `s` of sessions come to, in parts that can be added up: numbers that are sums. The table `days` has a column
 * of each.
 */
export const SUMMED_PARTS: Readonly<Record<string, string>> = {
  sessions: 'count()',
  starts: STARTS,
  streams: STREAMS,
  consumption_seconds: CONSUMPTION,
  downloads: DOWNLOADS,
  unknown_starts: UNKNOWN_STARTS,
  attempts: ATTEMPTS,
  start_failures: START_FAILURES,
  server_sessions: "countIf(s.visibility = 'server')",
  playing_seconds: 'sum(s.playing_seconds)',
  waiting_seconds: 'sum(s.stalled_seconds) + sum(s.seek_stalled_seconds)',
  bytes: 'sum(s.bytes)',
};

/** How devices are counted: each by itself, or estimated within half a percent. */
export type DeviceCount = 'uniqExactIf' | 'uniqCombined64If';

/** Parts that are not numbers until they are merged. */
export function deviceParts(count: DeviceCount): string {
  return `${count}State(${VIEWER_HASH}, toUInt8(${IS_AUDIENCE}))`;
}
export const CONSUMPTION_PARTS = 'quantileTDigestState(0.5)(s.consumption_seconds)';

/** A table of sums by these columns: what can be grouped and filtered by in it. */
export type Grain = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly groups: readonly string[];
  readonly filters: readonly string[];
};

const VIEWER_DIMENSIONS = ['tenant', 'stream_type', 'property', 'country', 'device', 'platform_class'];

/** Fewest rows first. */
export const GRAINS: readonly Grain[] = [
  {
    name: 'viewers',
    columns: ['tenant', 'stream_type', 'property', 'country', 'device_class', 'platform_class', 'cdn'],
    groups: [...VIEWER_DIMENSIONS, 'cdn'],
    filters: VIEWER_DIMENSIONS,
  },
  {
    name: 'contents',
    columns: ['tenant', 'content_id', 'stream_type'],
    groups: ['tenant', 'content', 'title', 'stream_type', ...CATALOGUE_TEXTS],
    filters: ['tenant', 'content', 'stream_type', ...CATALOGUE_TEXTS],
  },
];

/** The table with the fewest rows that knows all that is asked; undefined when only sessions do. */
export function grainFor(groups: readonly string[], filters: readonly string[]): Grain | undefined {
  return GRAINS.find(
    (grain) =>
      groups.every((name) => grain.groups.includes(name)) && filters.every((name) => grain.filters.includes(name)),
  );
}
