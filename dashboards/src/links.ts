import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { BoardId } from './board-ids.ts';
import { variable } from './filters.ts';

/** From a series to the sessions behind it; `filters` are variables of the explorer and where their values are. */
export function toSessions(filters: Readonly<Record<string, string>>): DashboardLinkBuilder {
  return toBoard('playpath-sessions', 'Sessions behind this', filters);
}

/** A link that keeps the time range and both data sources. */
export function toBoard(
  board: BoardId,
  title: string,
  filters: Readonly<Record<string, string>>,
): DashboardLinkBuilder {
  const variables = Object.entries(filters).map(([name, value]) => `&var-${name}=${value}`);
  const sources = ['prometheus', 'tempo'].map((name) => variable(name, 'queryparam'));
  const kept = [variable('__url_time_range'), ...sources].join('&');
  return new DashboardLinkBuilder(title).url(`/d/${board}?${kept}${variables.join('')}`);
}

export const ofLabel = (label: string): string => variable(`__field.labels.${label}`);
export const ofField = (field: string): string => variable(`__data.fields["${field}"]`);
