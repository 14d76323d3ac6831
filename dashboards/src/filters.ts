import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { VERDICTS } from '../../collector/model/incident.ts';

/** Prometheus and Tempo are chosen by variables: no dashboard knows a data source of its own. */
export const PROMETHEUS = { type: 'prometheus', uid: variable('prometheus') };
export const TEMPO = { type: 'tempo', uid: variable('tempo') };

type Builder = { build(): VariableModel };
const ALL = { text: ['All'], value: ['$__all'] };

const LABELS = {
  tenant: ['Tenant', 'playpath_sessions_started_total'],
  property: ['Property', 'playpath_sessions_started_total'],
  stream_type: ['Stream type', 'playpath_sessions_started_total'],
  player: ['Player', 'playpath_sessions_started_total'],
  device: ['Device', 'playpath_sessions_started_total'],
  country: ['Country', 'playpath_sessions_started_total'],
  cdn: ['CDN', 'playpath_requests_total{tier=~"edge|shield"}'],
  pop: ['PoP', 'playpath_requests_total{cdn=~"$cdn",tier=~"edge|shield"}'],
  source: ['Source', 'playpath_received_total'],
  instance: ['Instance', 'playpath_collector_live_sessions'],
} as const satisfies Record<string, readonly [label: string, metric: string]>;
export type LabelFilter = keyof typeof LABELS;

const CHOICES = {
  verdict: ['Verdict', VERDICTS],
  outcome: ['Outcome', ['played', 'start_failure', 'exit_before_start', 'lost_signal', 'in_progress']],
  visibility: ['Seen by', ['both', 'player', 'server']],
} as const;

export type Filter = LabelFilter | keyof typeof CHOICES | 'title' | 'problem' | 'traceId';

/** What a viewer's metrics are filtered by, and what the delivery's are. */
export const VIEWER_FILTERS = ['tenant', 'property', 'stream_type', 'player', 'device', 'country'] as const;
export const DELIVERY_FILTERS = ['cdn', 'pop'] as const;

/** Of those, the ones that traces of sessions know too. */
export const EXPLORER_FILTERS: readonly LabelFilter[] = ['cdn', 'pop', 'device', 'country'];

export const VIEWER_WHERE = where(VIEWER_FILTERS);
export const DELIVERY_WHERE = where(DELIVERY_FILTERS);
export const CDN_WHERE = where(['cdn']);

/** What Grafana replaces by the value of a variable, written as `format` says. */
export function variable(name: string, format = ''): string {
  return `\${${name}${format === '' ? '' : `:${format}`}}`;
}

/** Matchers of a selector: `tenant=~"$tenant",…`. */
export function where(labels: readonly LabelFilter[]): string {
  return labels.map((label) => `${label}=~"$${label}"`).join(',');
}

export function datasourceVariables(hasTraces: boolean): readonly Builder[] {
  const prometheus = new DatasourceVariableBuilder('prometheus').label('Prometheus').type('prometheus');
  const tempo = new DatasourceVariableBuilder('tempo').label('Tempo').type('tempo');
  return hasTraces ? [prometheus, tempo] : [prometheus];
}

export function filterVariable(filter: Filter): Builder {
  switch (filter) {
    case 'verdict':
    case 'outcome':
    case 'visibility': {
      const [label, values] = CHOICES[filter];
      return new CustomVariableBuilder(filter)
        .label(label)
        .values(values.join(','))
        .current(ALL)
        .multi(true)
        .includeAll(true)
        .allValue('.*');
    }
    case 'title':
      return new TextBoxVariableBuilder('title').label('Title').defaultValue('').current({ text: '', value: '' });
    case 'traceId':
      return new TextBoxVariableBuilder('traceId').label('Session').defaultValue('').current({ text: '', value: '' });
    case 'problem':
      return new CustomVariableBuilder('problem')
        .label('Errors')
        .values('any,failed,server_errors')
        .current({ text: 'any', value: 'any' });
    default:
      return labelVariable(filter);
  }
}

function labelVariable(filter: LabelFilter): Builder {
  const [label, metric] = LABELS[filter];
  return new QueryVariableBuilder(filter)
    .label(label)
    .datasource(PROMETHEUS)
    .query({
      qryType: 1,
      query: `label_values(${metric},${filter})`,
      refId: 'PrometheusVariableQueryEditor-VariableQuery',
    })
    .definition(`label_values(${metric},${filter})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .current(ALL)
    .multi(true)
    .includeAll(true)
    .allValue('.*');
}
