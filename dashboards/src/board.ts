import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { BoardId } from './board-ids.ts';
import { datasourceVariables, type Filter, filterVariable, PROMETHEUS } from './filters.ts';
import type { PanelDraft } from './panels.ts';

/** Panels side by side; widths of a row add up to 24 or less. */
export type BoardRow = {
  readonly title: string;
  readonly height: number;
  readonly panels: readonly (readonly [width: number, panel: PanelDraft])[];
};
export type Board = {
  readonly id: BoardId;
  readonly title: string;
  readonly description: string;
  readonly filters: readonly Filter[];
  /** false: it never shows a session and needs no trace store. */
  readonly hasTraces: boolean;
  readonly from: string;
  readonly rows: readonly BoardRow[];
};

const WIDTH = 24;

/** Classic JSON, which Grafana 12 and 13 provision from files. Ids of panels are stable: links lead to them. */
export function dashboardOf(board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.id)
    .description(board.description)
    .tags(['playpath'])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('30s')
    .time({ from: board.from, to: 'now' })
    .annotations(annotations())
    .link(otherBoards());
  for (const variable of datasourceVariables(board.hasTraces)) builder.withVariable(variable);
  for (const filter of board.filters) builder.withVariable(filterVariable(filter));
  let y = 0;
  let id = 1;
  for (const row of board.rows) {
    builder.withRow(new RowBuilder(row.title).id(id++).gridPos({ h: 1, w: WIDTH, x: 0, y: y++ }));
    let x = 0;
    for (const [width, panel] of row.panels) {
      if (x + width > WIDTH) {
        x = 0;
        y += row.height;
      }
      panel.id(id++).gridPos({ h: row.height, w: width, x, y });
      builder.withPanel(panel);
      x += width;
    }
    y += row.height;
  }
  return builder.build();
}

function otherBoards(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Playpath')
    .type(DashboardLinkType.Dashboards)
    .tags(['playpath'])
    .asDropdown(true)
    .keepTime(true)
    .includeVars(true);
}

/** When CDNs were left and when alerts fired, on every chart. */
function annotations(): AnnotationQueryBuilder[] {
  return [
    annotation('Failovers', 'orange', 'sum by (from, to, reason) (increase(playpath_cdn_failovers_total[1m])) > 0', {
      titleFormat: 'Failover {{from}} → {{to}}',
      textFormat: '{{reason}}',
    }),
    annotation('Alerts', 'red', 'ALERTS{alertname=~"Playpath.+",alertstate="firing"}', {
      titleFormat: '{{alertname}}',
      textFormat: '{{severity}} {{cdn}} {{pop}} {{tenant}} {{source}}',
    }),
  ];
}

function annotation(
  name: string,
  color: string,
  expr: string,
  { titleFormat, textFormat }: { readonly titleFormat: string; readonly textFormat: string },
): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step('1m')
    .titleFormat(titleFormat)
    .textFormat(textFormat)
    .target(new DataqueryBuilder().refId('Anno').expr(expr).range());
}
