import { type Alert, LEADING_VERDICT } from './alert.ts';
import { ALERT_GROUPS } from './alerts.ts';
import { annotationsOf, GRAFANA_DIALECT } from './annotations.ts';
import { fixedLabels } from './prometheus-rules.ts';

export const PROMETHEUS_UID = 'prometheus';
export const FOLDER = 'Playpath';
/** Rules look back by themselves; Grafana wants a range all the same. */
const RANGE = { from: 600, to: 0 };

/** dashboards/provisioning/alerting/rules.yaml: the rules of alerts.yaml as Grafana evaluates them. */
export function grafanaRules(): unknown {
  return {
    apiVersion: 1,
    groups: ALERT_GROUPS.map(({ name, alerts }) => ({
      orgId: 1,
      name,
      folder: FOLDER,
      interval: '1m',
      rules: alerts.map(ruleOf),
    })),
  };
}

/** At most 40 characters: Grafana's limit. */
export function ruleUid({ name, severity }: Alert): string {
  return `${name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()}-${severity}`;
}

function ruleOf(alert: Alert): unknown {
  return {
    uid: ruleUid(alert),
    title: `${alert.name} (${alert.severity})`,
    condition: 'C',
    data: [
      query('A', alert.expression),
      query('W', watching(alert)),
      query('V', verdict(alert)),
      {
        refId: 'C',
        datasourceUid: '__expr__',
        model: {
          refId: 'C',
          type: 'threshold',
          expression: 'A',
          // The expression has the threshold in it: whatever it returns is wrong, and never negative.
          conditions: [{ evaluator: { type: 'gt', params: [-1] } }],
        },
      },
    ],
    noDataState: 'OK',
    execErrState: 'Error',
    for: alert.for,
    ...(alert.keepFiringFor === undefined ? {} : { keepFiringFor: alert.keepFiringFor }),
    annotations: dollars(annotationsOf(alert, GRAFANA_DIALECT)),
    labels: fixedLabels(alert),
    isPaused: false,
  };
}

function query(refId: string, expression: string): unknown {
  return {
    refId,
    relativeTimeRange: RANGE,
    datasourceUid: PROMETHEUS_UID,
    model: { refId, expr: expression.replaceAll('$', '$$$$'), instant: true, range: false },
  };
}

/**
 * One query without a result makes Grafana call the whole rule `NoData`, which would hide an alert: this one always has
 * one. Its labels are among those of the alert, so Grafana finds the value that belongs to it.
 */
function watching({ viewers: { gauge, by } }: Alert): string {
  const sum = by.length === 0 ? `sum(${gauge})` : `sum by (${by.join(', ')}) (${gauge})`;
  return `${sum} or on () vector(0)`;
}

/** The labels of the alert and the verdict: a result for every series of the alert, whatever was attributed so far. */
function verdict({ expression }: Alert): string {
  const unknown = 'label_replace(vector(0), "verdict", "unknown", "", "")';
  return `0 * (\n${expression}\n)\n+ on () group_left (verdict) (${LEADING_VERDICT} or on () ${unknown})`;
}

/** Provisioning files take `$` for a variable of the environment. */
function dollars(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).map(([name, text]) => [name, text.replaceAll('$', '$$$$')]));
}
