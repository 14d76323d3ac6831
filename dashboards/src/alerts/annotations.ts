import { GRAFANA_URL } from '../board-ids.ts';
import { type Alert, type Firing, LEADING_VERDICT } from './alert.ts';

/** What a word of a template becomes: a template of Prometheus or Grafana, or what either makes of it. */
export type Dialect = {
  readonly label: (name: string) => string;
  readonly labelInUrl: (name: string) => string;
  readonly value: (unit: Alert['unit']) => string;
  readonly viewers: string;
  readonly verdict: string;
};

const FORMATS = { percent: 'humanizePercentage', seconds: 'humanizeDuration', count: 'humanize' } as const;

export function prometheusDialect({ viewers: { gauge, by } }: Alert): Dialect {
  const selector = by.map((label) => `${label}='%s'`).join(',');
  const asked = by.length === 0 ? `query "sum(${gauge})"` : `printf "sum(${gauge}{${selector}})" ${args(by)} | query`;
  return {
    label: (name) => `{{ $labels.${name} }}`,
    labelInUrl: (name) => `{{ $labels.${name} | urlquery }}`,
    value: (unit) => `{{ $value | ${FORMATS[unit]} }}`,
    viewers: `{{ with ${asked} }}{{ . | first | value | humanize }}{{ else }}unknown{{ end }}`,
    verdict: `{{ with query "${LEADING_VERDICT}" }}{{ . | first | label "verdict" }}{{ else }}unknown{{ end }}`,
  };
}

/** Grafana has no queries in templates: the rule's data carries them as W (watching) and V (verdict). */
export const GRAFANA_DIALECT: Dialect = {
  label: (name) => `{{ $labels.${name} }}`,
  labelInUrl: (name) => `{{ $labels.${name} | urlquery }}`,
  value: (unit) => `{{ $values.A.Value | ${FORMATS[unit]} }}`,
  viewers: '{{ $values.W.Value | humanize }}',
  verdict: '{{ $values.V.Labels.verdict }}',
};

/** What a template of an alert that fires so becomes. */
export function firingDialect({ labels, value, viewers = 'unknown', verdict = 'unknown' }: Firing): Dialect {
  const text = (name: string): string => labels[name] ?? '';
  return { label: text, labelInUrl: (name) => encodeURIComponent(text(name)), value: () => value, viewers, verdict };
}

/** What, where, how many viewers, why, where to look, what to do. */
export function annotationsOf(alert: Alert, dialect: Dialect): Record<string, string> {
  const { name, summary, description, unit, board, filters } = alert;
  const say = (text: string): string =>
    text
      .replaceAll('{{value}}', dialect.value(unit))
      .replace(/\{\{(\w+)\}\}/g, (_, label: string) => dialect.label(label));
  const variables = Object.entries(filters).map(([variable, label]) => `&var-${variable}=${dialect.labelInUrl(label)}`);
  return {
    summary: say(summary),
    description: say(description),
    viewers: dialect.viewers,
    leading_verdict: dialect.verdict,
    dashboard_url: `${GRAFANA_URL}/d/${board}?from=now-1h&to=now${variables.join('')}`,
    runbook: `dashboards/runbook.md#${name.toLowerCase()}`,
  };
}

function args(by: readonly string[]): string {
  return by.map((label) => `$labels.${label}`).join(' ');
}
