import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { BoardId } from './board-ids.ts';
import { EXPLORER_FILTERS, type LabelFilter, variable } from './filters.ts';

type ToSessions = (filters: Readonly<Record<string, string>>) => DashboardLinkBuilder;

/**
 * Links from a series to the sessions behind it. `filters` are variables of the explorer and where their values are;
 * those of the board that the explorer has too are carried on.
 */
export function sessionsFrom(board: readonly LabelFilter[]): ToSessions {
  const shared = board.filter((name) => EXPLORER_FILTERS.includes(name));
  return (filters) => toBoard('playpath-sessions', 'Sessions behind this', filters, shared);
}

/** A link that keeps the time range and both data sources. */
export function toBoard(
  board: BoardId,
  title: string,
  filters: Readonly<Record<string, string>>,
  carried: readonly LabelFilter[] = [],
): DashboardLinkBuilder {
  const variables = Object.entries(filters).map(([name, value]) => `&var-${name}=${value}`);
  const names = ['prometheus', 'tempo', ...carried.filter((name) => !Object.hasOwn(filters, name))];
  const kept = [variable('__url_time_range'), ...names.map((name) => variable(name, 'queryparam'))].join('&');
  return new DashboardLinkBuilder(title).url(`/d/${board}?${kept}${variables.join('')}`);
}

// Grafana by itself leaves `&`, `=` and `#` in a link as they are: a player named `x&var-tenant=y` would choose a tenant.
export const ofLabel = (label: string): string => variable(`__field.labels.${label}`, 'percentencode');
export const ofField = (field: string): string => variable(`__data.fields["${field}"]`, 'percentencode');
