import { type DataFrame } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import React, { useCallback, useId, useMemo, useRef } from 'react';
import { type Palette } from '../chart/palette';
import { type TooltipRequest } from '../chart/HoverLayer';
import { type ChartHandle, SessionChart } from '../chart/SessionChart';
import { type TimeRangeMs } from '../chart/time-scale';
import { type Watched } from '../chart/watched';
import { type Overlay } from '../frames/series-frame';
import { sessionLanes } from '../lanes';
import { type RequestFilter } from '../model/filter';
import { headlineOf } from '../model/headline';
import { type DrawnSession } from '../model/read-sessions';
import { type Incident } from '../model/session-model';
import { type PanelOptions } from '../types';
import { DataTable } from './DataTable';
import { Headline } from './Headline';
import { fitLanes, type PanelLayout } from './panel-layout';
import { MarkTooltip } from './MarkTooltip';

type Props = {
  readonly drawn: DrawnSession;
  readonly overlays: readonly Overlay[];
  readonly series: readonly DataFrame[];
  readonly options: PanelOptions;
  readonly layout: PanelLayout;
  readonly isOneOfMany: boolean;
  readonly filter: RequestFilter;
  readonly palette: Palette;
  readonly timeZone: TimeZone;
  readonly baseMs: number;
  readonly full: TimeRangeMs;
  readonly range: TimeRangeMs;
  readonly selected: Incident | null;
  readonly pointer: Watched<number | null>;
  readonly shared: Watched<number | null>;
  readonly onRange: (range: TimeRangeMs) => void;
  readonly onSelect: (range: TimeRangeMs) => void;
  readonly onHoverTime: (atMs: number | null) => void;
  readonly onIncident: (incident: Incident | null) => void;
  readonly onNextIncident: (step: 1 | -1, atMs: number) => void;
};

/** One session: its sentence, its chart, its tooltip and its table. */
export function SessionSection(props: Props) {
  const { drawn, overlays, series, options, layout, filter, palette, timeZone, selected } = props;
  const { session, rows } = drawn;
  const tableId = useId();
  const chart = useRef<ChartHandle>(null);
  const shownOverlays = useMemo(
    () => overlays.filter(({ field }) => field.config.custom?.lane !== 'hidden'),
    [overlays]
  );
  const all = useMemo(
    () => sessionLanes({ session, rows, overlays: shownOverlays, filter }, options.lanes),
    [session, rows, shownOverlays, filter, options.lanes]
  );
  const lanes = useMemo(() => fitLanes(all, layout.chart.height), [all, layout.chart.height]);
  const headline = useMemo(() => headlineOf(session), [session]);

  const renderTooltip = useCallback(
    (request: TooltipRequest, close: () => void) => (
      <MarkTooltip
        {...request}
        lanes={lanes}
        series={series}
        startMs={session.startMs}
        timeZone={timeZone}
        palette={palette}
        tooltip={options.tooltip}
        onClose={close}
      />
    ),
    [lanes, series, session.startMs, timeZone, palette, options.tooltip]
  );

  return (
    <section
      style={{ height: layout.sectionPx, position: 'relative' }}
      aria-details={tableId}
      data-testid="playpath session"
    >
      {layout.headlineLines >= 0 && (
        <Headline
          session={session}
          headline={headline}
          lines={layout.headlineLines}
          showFacts={props.isOneOfMany}
          selected={selected}
          onIncident={props.onIncident}
          onEvidence={() => chart.current?.showEvidence()}
        />
      )}
      <SessionChart
        session={session}
        lanes={lanes}
        layout={layout.chart}
        baseMs={props.baseMs}
        full={props.full}
        range={props.range}
        palette={palette}
        timeZone={timeZone}
        selected={selected}
        wheelZoom={options.wheelZoom}
        pointer={props.pointer}
        shared={props.shared}
        onRange={props.onRange}
        onSelect={props.onSelect}
        onHoverTime={props.onHoverTime}
        onIncident={props.onIncident}
        onNextIncident={props.onNextIncident}
        handle={chart}
        renderTooltip={renderTooltip}
      />
      <DataTable id={tableId} session={session} palette={palette} />
    </section>
  );
}
