import { variable } from '../filters.ts';
import { ofField } from '../links.ts';

/** A question of the analytics store as the data source keeps it (grafana-plugin/src/datasource/types.ts). */
export type Question = {
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
};

export type AnalyticsPanel = {
  readonly type: 'timeseries' | 'stat' | 'table' | 'trend';
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly question: Question;
  /** Columns that are shown, in this order; all when left out. */
  readonly columns?: readonly string[];
};

/** Dimensions that a board can be filtered by, and texts a person writes. */
export type AnalyticsBoard = {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly filters: readonly string[];
  readonly texts: readonly { readonly name: string; readonly label: string; readonly value: string }[];
  readonly choices: readonly { readonly name: string; readonly label: string; readonly values: readonly string[] }[];
  readonly panels: readonly AnalyticsPanel[];
};

const SOURCE = { type: 'playpath-datasource', uid: variable('playpath') };
const WIDTH = 24;
/** And to what every server logged of it. */
const TO_LINES = {
  title: 'Its requests in the unified log',
  url: `/d/playpath-delivery-log?${variable('__url_time_range')}&var-session=${ofField('trace_id')}`,
};
/** An empty text is something that nobody said. */
const NOTHING_KNOWN = { type: 'value', options: { '': { text: '(none)', index: 0 } } };
/** A session leads to its trace. */
const TO_SESSION = {
  title: 'Open this session',
  url: `/d/playpath-session?${variable('__url_time_range')}&var-traceId=${ofField('trace_id')}`,
};

/** Classic JSON, as of the other dashboards, asking the Playpath data source only. */
export function analyticsDashboard(board: AnalyticsBoard): object {
  return {
    uid: board.id,
    title: board.title,
    description: board.description,
    schemaVersion: 42,
    editable: false,
    refresh: '',
    tags: ['playpath'],
    timezone: 'browser',
    time: { from: board.from, to: 'now' },
    links: [
      {
        title: 'Playpath',
        type: 'dashboards',
        tags: ['playpath'],
        asDropdown: true,
        keepTime: true,
        includeVars: true,
      },
    ],
    templating: { list: [sourceVariable(), ...board.filters.map(filterVariable), ...writtenVariables(board)] },
    panels: placed(board),
  };
}

function placed(board: AnalyticsBoard): readonly object[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return board.panels.map((panel, index) => {
    if (x + panel.width > WIDTH) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const gridPos = { x, y, w: panel.width, h: panel.height };
    x += panel.width;
    rowHeight = Math.max(rowHeight, panel.height);
    return panelJson(panel, board, index + 1, gridPos);
  });
}

function panelJson(panel: AnalyticsPanel, board: AnalyticsBoard, id: number, gridPos: object): object {
  const filters = board.filters.map((dimension) => ({ dimension, values: `$${dimension}` }));
  const hasSession = panel.columns?.includes('trace_id') ?? false;
  return {
    id,
    type: panel.type,
    title: panel.title,
    description: panel.description,
    gridPos,
    datasource: SOURCE,
    targets: [{ refId: 'A', datasource: SOURCE, ...panel.question, filters }],
    fieldConfig: {
      defaults: {
        unit: 'short',
        noValue: 'unknown',
        mappings: [NOTHING_KNOWN],
        ...(hasSession ? { links: [TO_SESSION, TO_LINES] } : {}),
      },
      overrides: [],
    },
    options: OPTIONS[panel.type],
    transformations: panel.columns === undefined ? [] : [shownColumns(panel.columns)],
  };
}

const LEGEND = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] };
const OPTIONS: Readonly<Record<AnalyticsPanel['type'], object>> = {
  timeseries: { legend: LEGEND, tooltip: { mode: 'multi', sort: 'desc' } },
  stat: { reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '/.*/' }, textMode: 'value_and_name' },
  table: { showHeader: true, cellHeight: 'sm' },
  trend: { legend: LEGEND, tooltip: { mode: 'multi', sort: 'none' } },
};

function shownColumns(columns: readonly string[]): object {
  return { id: 'filterFieldsByName', options: { include: { names: [...columns] } } };
}

function sourceVariable(): object {
  return { name: 'playpath', label: 'Playpath', type: 'datasource', query: 'playpath-datasource', current: {} };
}

function filterVariable(dimension: string): object {
  return {
    name: dimension,
    label: dimension.replace('_', ' '),
    type: 'query',
    datasource: SOURCE,
    query: dimension,
    definition: dimension,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '*',
    current: { text: ['All'], value: ['$__all'] },
  };
}

function writtenVariables({ texts, choices }: AnalyticsBoard): readonly object[] {
  return [
    ...texts.map(({ name, label, value }) => ({
      name,
      label,
      type: 'textbox',
      query: value,
      current: { text: value, value },
    })),
    ...choices.map(({ name, label, values }) => ({
      name,
      label,
      type: 'custom',
      query: values.join(','),
      current: { text: values[0], value: values[0] },
    })),
  ];
}
