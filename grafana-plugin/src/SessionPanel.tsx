import { type PanelProps } from '@grafana/data';
import { usePanelContext, useTheme2, VizLayout, VizLegend, type VizLegendItem } from '@grafana/ui';
import React, { useCallback, useMemo, useState } from 'react';
import { paletteOf } from './chart/palette';
import { isSameRange, revealed, type TimeRangeMs } from './chart/time-scale';
import { Watched } from './chart/watched';
import { readFrames } from './frames/read-frames';
import { isFiltering, isolated, NO_FILTER, type RequestFilter, toggled } from './model/filter';
import { nextIncident } from './model/next-incident';
import { OUTCOMES } from './model/outcomes';
import { type DrawnSession, readSessions } from './model/read-sessions';
import { type Incident } from './model/session-model';
import { type PanelOptions } from './types';
import { FilterRow } from './view/FilterRow';
import { legendItems, outcomeOfItem } from './view/legend';
import { NoSession } from './view/NoSession';
import { panelLayout } from './view/panel-layout';
import { SessionSection } from './view/SessionSection';
import { Toolbar } from './view/Toolbar';
import { useSharedTime } from './view/use-shared-time';

type Selection = { readonly sessionId: string; readonly incidentId: string };

/** The panel: data in, sessions drawn, or words about what is missing. */
export function SessionPanel(props: PanelProps<PanelOptions>) {
  const { data, options, width, height } = props;
  const read = useMemo(() => readFrames(data.series), [data.series]);
  const sessions = useMemo(() => (read.problem === undefined ? readSessions(read) : []), [read]);
  const shown = options.sessions === 'first' ? sessions.slice(0, 1) : sessions.slice(0, MOST_SESSIONS);
  if (read.problem !== undefined || shown.length === 0) {
    return <NoSession message={read.problem ?? 'There is no session in the data.'} width={width} height={height} />;
  }
  return <Sessions {...props} read={read} sessions={shown} hidden={sessions.length - shown.length} />;
}

/** More sessions than this one above the other compare nothing. */
const MOST_SESSIONS = 4;

type SessionsProps = PanelProps<PanelOptions> & {
  readonly read: ReturnType<typeof readFrames>;
  readonly sessions: readonly DrawnSession[];
  readonly hidden: number;
};

function Sessions({ read, sessions, hidden, ...props }: SessionsProps) {
  const { data, options, width, height, timeRange, timeZone, fieldConfig, eventBus, onChangeTimeRange } = props;
  const theme = useTheme2();
  const { onSelectRange } = usePanelContext();
  const [view, setView] = useState<TimeRangeMs | null>(null);
  const [filter, setFilter] = useState<RequestFilter>(NO_FILTER);
  const [isFilterOpen, setFilterOpen] = useState(false);
  const [selection, setSelection] = useState<Selection | null>(null);
  const [shared, publishTime] = useSharedTime(eventBus);
  const pointer = useMemo(() => new Watched<number | null>(null), []);

  const mappings = fieldConfig.defaults.mappings;
  const palette = useMemo(() => paletteOf(theme, mappings ?? [], read.overlays), [theme, mappings, read.overlays]);
  const isDashboardTime = options.timeAxis === 'dashboard';
  const [fromMs, toMs] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
  const full = useMemo(
    () => (isDashboardTime ? { fromMs, toMs } : sessionTime(sessions)),
    [isDashboardTime, fromMs, toMs, sessions]
  );
  const range = view ?? full;
  const onRange = useCallback((next: TimeRangeMs) => setView(isSameRange(next, full) ? null : next), [full]);

  /** Grafana's panels zoom the dashboard; session time has none to zoom. */
  const onSelect = (next: TimeRangeMs) => {
    if (!isDashboardTime) {
      return onRange(next);
    }
    const absolute = { from: next.fromMs, to: next.toMs };
    if (onSelectRange) {
      onSelectRange([{ x: absolute }]);
    } else {
      setView(null);
      onChangeTimeRange(absolute);
    }
  };

  const selectIncident = (drawn: DrawnSession, incident: Incident | null) => {
    setSelection(incident && { sessionId: drawn.session.id, incidentId: incident.id });
    if (incident) {
      const baseMs = isDashboardTime ? 0 : drawn.session.startMs;
      onRange(revealed(range, full, incident.startMs - baseMs, incident.endMs - baseMs));
    }
  };
  const selectedOf = ({ session }: DrawnSession): Incident | null =>
    (session.id === selection?.sessionId && session.incidents.find(({ id }) => id === selection.incidentId)) || null;
  const step = (drawn: DrawnSession, by: 1 | -1, fromTimeMs: number) => {
    const next = nextIncident(drawn.session.incidents, selectedOf(drawn), by, fromTimeMs);
    if (next) {
      selectIncident(drawn, next);
    }
  };

  const models = useMemo(() => sessions.map(({ session }) => session), [sessions]);
  const notes = [
    ...read.notes,
    ...(models.length === 1 ? models[0].notes : []),
    ...hiddenNote(hidden),
    ...outsideNote(models, isDashboardTime, fromMs, toMs),
  ];
  const incidents = models.reduce((sum, model) => sum + model.incidents.length, 0);
  const items = useMemo(() => legendItems(models, filter, palette), [models, filter, palette]);

  /** A click shows one outcome alone, with a key it hides or shows one: as in Grafana's legends. */
  const onLabelClick = (item: VizLegendItem, event: React.MouseEvent) => {
    const outcome = outcomeOfItem(item);
    if (outcome) {
      const isMany = event.ctrlKey || event.metaKey || event.shiftKey;
      setFilter({
        ...filter,
        outcomes: isMany ? toggled(filter.outcomes, outcome) : isolated(filter.outcomes, outcome, OUTCOMES),
      });
    }
  };
  const { legend: legendOptions } = options;
  const hasLegend = legendOptions.showLegend && height >= 260 && width >= 320;
  const legend = hasLegend ? (
    <VizLayout.Legend
      placement={legendOptions.placement}
      {...(legendOptions.width !== undefined && { width: legendOptions.width })}
    >
      <VizLegend
        items={items}
        displayMode={legendOptions.displayMode}
        placement={legendOptions.placement}
        onLabelClick={onLabelClick}
      />
    </VizLayout.Legend>
  ) : null;

  return (
    <VizLayout width={width} height={height} legend={legend}>
      {(innerWidth: number, innerHeight: number) => {
        const layout = panelLayout({
          width: innerWidth,
          height: innerHeight,
          sessions: sessions.length,
          hasIncidents: incidents > 0,
          verdicts: Math.max(...models.map((model) => new Set(model.incidents.map(({ verdict }) => verdict)).size)),
          isFilterOpen,
          showVerdict: options.showVerdict,
          showOverview: options.showOverview,
        });
        return (
          <div
            style={{
              width: innerWidth,
              height: innerHeight,
              overflowX: 'hidden',
              overflowY: sessions.length > 1 ? 'auto' : 'hidden',
            }}
          >
            {layout.showToolbar && (
              <Toolbar
                facts={models.length === 1 ? models[0].facts : []}
                notes={notes}
                incidents={incidents}
                isZoomed={view !== null}
                isFiltering={isFiltering(filter)}
                isFilterOpen={isFilterOpen}
                onFilter={() => setFilterOpen(!isFilterOpen)}
                onReset={() => setView(null)}
                onStep={(by) =>
                  step(
                    sessions.find(({ session }) => session.id === selection?.sessionId) ?? sessions[0],
                    by,
                    -Infinity
                  )
                }
              />
            )}
            {layout.showToolbar && isFilterOpen && (
              <FilterRow sessions={models} filter={filter} palette={palette} onFilter={setFilter} />
            )}
            {sessions.map((drawn) => (
              <SessionSection
                key={`${drawn.session.id} ${drawn.session.startMs}`}
                drawn={drawn}
                overlays={read.overlays}
                series={data.series}
                options={options}
                layout={layout}
                isOneOfMany={sessions.length > 1}
                filter={filter}
                palette={palette}
                timeZone={timeZone}
                baseMs={isDashboardTime ? 0 : drawn.session.startMs}
                full={full}
                range={range}
                selected={selectedOf(drawn)}
                pointer={pointer}
                shared={shared}
                onRange={onRange}
                onSelect={onSelect}
                onHoverTime={publishTime}
                onIncident={(incident) => selectIncident(drawn, incident)}
                onNextIncident={(by, atMs) => step(drawn, by, atMs)}
              />
            ))}
          </div>
        );
      }}
    </VizLayout>
  );
}

/** From the common begin to the end of the longest, with a little air. */
function sessionTime(sessions: readonly DrawnSession[]): TimeRangeMs {
  const longest = Math.max(...sessions.map(({ session }) => session.endMs - session.startMs));
  return { fromMs: 0, toMs: longest * 1.01 };
}

function hiddenNote(hidden: number): Array<{ severity: 'info'; text: string }> {
  return hidden > 0 ? [{ severity: 'info', text: `${hidden} more in the data, not shown` }] : [];
}

function outsideNote(
  models: ReadonlyArray<{ startMs: number; endMs: number }>,
  isDashboardTime: boolean,
  fromMs: number,
  toMs: number
) {
  const isOutside = isDashboardTime && models.every(({ startMs, endMs }) => endMs < fromMs || startMs > toMs);
  return isOutside
    ? [{ severity: 'warning' as const, text: "The session lies outside the dashboard's time range" }]
    : [];
}
