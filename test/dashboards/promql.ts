import { parser } from '@prometheus-io/lezer-promql';

/** One `metric{label="…"}` with what surrounds it. */
export type Selector = {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
  /** A range such as `[5m]`, or ''. */
  readonly range: string;
  /** Functions and aggregations it is an argument of, innermost first. */
  readonly within: readonly string[];
};

export type Query = {
  readonly selectors: readonly Selector[];
  /** Labels of `by`, `on`, `without` and `group_left`. */
  readonly grouping: readonly string[];
  /** Where the grammar was lost; '' when it was not. */
  readonly error: string;
};

/** Reads PromQL with the grammar of Prometheus' own editor. Variables of Grafana must be filled in. */
export function readPromql(expression: string): Query {
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  let error = '';
  parser.parse(expression).iterate({
    enter: (cursor) => {
      const node = cursor.node;
      const text = expression.slice(node.from, node.to);
      if (node.type.isError && error === '') error = expression.slice(Math.max(0, node.from - 30), node.to + 10) || '⟂';
      if (node.name === 'GroupingLabels') grouping.push(...(text.match(/\w+/g) ?? []));
      if (node.name !== 'VectorSelector') return;
      const matchers = [...text.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)];
      const names = matchers
        .filter(([, label]) => label === '__name__')
        .flatMap(([, , , value = '']) => value.split('|'));
      const [metric = ''] = /^\w*/.exec(text) ?? [];
      const within: string[] = [];
      for (let up = node.parent; up !== null; up = up.parent) {
        if (up.name === 'FunctionCall' || up.name === 'AggregateExpr') {
          within.push(/^\s*(\w+)/.exec(expression.slice(up.from, up.to))?.[1] ?? '');
        }
      }
      selectors.push({
        metrics: metric === '' ? names : [metric],
        labels: matchers.map(([, label = '']) => label).filter((label) => label !== '__name__'),
        range: /^\s*(\[[^\]]*\])/.exec(expression.slice(node.to))?.[1] ?? '',
        within,
      });
    },
  });
  return { selectors, grouping, error };
}
