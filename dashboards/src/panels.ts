import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DashboardLinkBuilder,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { PROMETHEUS } from './filters.ts';

/** Grafana's names of the units we use. */
export type PanelUnit = 'short' | 'percentunit' | 's' | 'ms' | 'bytes' | 'Bps' | 'bps' | 'reqps' | 'cps' | 'none';

/** What every panel says of itself. */
export type PanelFacts = {
  readonly title: string;
  /** What it shows, and what is normal. */
  readonly description: string;
  readonly unit: PanelUnit;
  readonly queries: readonly Query[];
  /** Warning and trouble; ascending, or descending when less is worse. */
  readonly levels?: readonly [warning: number, trouble: number];
  readonly links?: readonly DashboardLinkBuilder[];
  readonly isStacked?: boolean;
  readonly max?: number;
  /** Colours that mean something: series name → colour. */
  readonly colors?: Readonly<Record<string, string>>;
};
export type Query = {
  readonly expr: string;
  readonly legend: string;
  /** Dots that lead to sessions. */
  readonly exemplar?: boolean;
  /** One number for the whole time range, without a history. */
  readonly isTotal?: boolean;
  /** Of its column in a table, where it is not the panel's. */
  readonly unit?: PanelUnit;
};

/** Sets the place of a panel and builds it. */
export type PanelDraft = {
  id(id: number): PanelDraft;
  gridPos(place: { h: number; w: number; x: number; y: number }): PanelDraft;
  build(): Panel;
};

export function timePanel(facts: PanelFacts): PanelDraft {
  const panel = new timeseries.PanelBuilder()
    .title(facts.title)
    .description(facts.description)
    .datasource(PROMETHEUS)
    .unit(facts.unit)
    .min(0)
    .lineWidth(1)
    .fillOpacity(facts.isStacked ? 40 : 8)
    .drawStyle(GraphDrawStyle.Line)
    .spanNulls(60_000)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .dataLinks([...(facts.links ?? [])]);
  if (facts.max !== undefined) panel.max(facts.max);
  if (facts.isStacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (facts.levels !== undefined) panel.thresholds(thresholds(facts.levels));
  for (const [name, color] of Object.entries(facts.colors ?? {})) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
  }
  for (const [index, query] of facts.queries.entries()) panel.withTarget(rangeTarget(query, index));
  return panel;
}

/** One number with its history behind it. */
export function statPanel(facts: PanelFacts): PanelDraft {
  const panel = new stat.PanelBuilder()
    .title(facts.title)
    .description(facts.description)
    .datasource(PROMETHEUS)
    .unit(facts.unit)
    .graphMode(BigValueGraphMode.Area)
    .colorMode(facts.levels === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .dataLinks([...(facts.links ?? [])]);
  if (facts.levels !== undefined) panel.thresholds(thresholds(facts.levels));
  for (const [index, query] of facts.queries.entries()) {
    panel.withTarget(query.isTotal ? instantTarget(query, index) : rangeTarget(query, index));
  }
  return panel;
}

/** Who has most of it, over the whole time range. */
export function rankPanel(facts: PanelFacts): PanelDraft {
  const panel = new bargauge.PanelBuilder()
    .title(facts.title)
    .description(facts.description)
    .datasource(PROMETHEUS)
    .unit(facts.unit)
    .min(0)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .dataLinks([...(facts.links ?? [])]);
  if (facts.levels !== undefined) panel.thresholds(thresholds(facts.levels));
  for (const [index, query] of facts.queries.entries()) panel.withTarget(instantTarget(query, index));
  return panel;
}

/** Several numbers per row of labels; the legend of a query is the name of its column. */
export function tablePanel(facts: PanelFacts): PanelDraft {
  const panel = new table.PanelBuilder()
    .title(facts.title)
    .description(facts.description)
    .datasource(PROMETHEUS)
    .unit(facts.unit)
    .dataLinks([...(facts.links ?? [])]);
  if (facts.levels !== undefined) panel.thresholds(thresholds(facts.levels));
  for (const [index, query] of facts.queries.entries()) {
    panel.withTarget(instantTarget(query, index).format(PromQueryFormat.Table));
    if (query.unit !== undefined) panel.overrideByName(query.legend, [{ id: 'unit', value: query.unit }]);
  }
  const names = facts.queries.map(({ legend }, index) => [`Value #${refId(index)}`, legend] as const);
  const columns = facts.queries.length === 1 ? [['Value', facts.queries[0]?.legend ?? ''] as const] : names;
  panel.withTransformation({ id: 'merge', options: {} }).withTransformation({
    id: 'organize',
    options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(columns) },
  });
  return panel;
}

export function thresholds([warning, trouble]: readonly [number, number]): ThresholdsConfigBuilder {
  const steps: Threshold[] =
    trouble > warning
      ? [
          { value: null, color: 'green' },
          { value: warning, color: 'orange' },
          { value: trouble, color: 'red' },
        ]
      : [
          { value: null, color: 'red' },
          { value: trouble, color: 'orange' },
          { value: warning, color: 'green' },
        ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

function rangeTarget({ expr, legend, exemplar = false }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(refId(index))
    .datasource(PROMETHEUS)
    .expr(expr)
    .legendFormat(legend)
    .exemplar(exemplar)
    .range();
}

function instantTarget({ expr, legend }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId(index)).datasource(PROMETHEUS).expr(expr).legendFormat(legend).instant();
}

function refId(index: number): string {
  return String.fromCharCode(65 + index);
}
