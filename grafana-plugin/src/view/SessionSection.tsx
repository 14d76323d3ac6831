import { dateTimeFormat, type DataFrame } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { TooltipDisplayMode } from '@grafana/ui';
import React, { useId, useMemo } from 'react';
import { describeMark, type Fact, lineFacts } from '../chart/describe';
import { type Palette } from '../chart/palette';
import { SessionChart, type TooltipRequest } from '../chart/SessionChart';
import { type TimeRangeMs } from '../chart/time-scale';
import { type Overlay } from '../frames/series-frame';
import { sessionLanes } from '../lanes';
import { type Lane } from '../lanes/lane';
import { type RequestFilter } from '../model/filter';
import { headlineOf } from '../model/headline';
import { formatClock } from '../model/numbers';
import { type DrawnSession } from '../model/read-sessions';
import { type Incident } from '../model/session-model';
import { type PanelOptions } from '../types';
import { dataLinks } from './data-links';
import { DataTable } from './DataTable';
import { Headline } from './Headline';
import { fitLanes, type PanelLayout } from './panel-layout';
import { SessionTooltip } from './SessionTooltip';

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
  readonly sharedMs: number | null;
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

  const timeText = (atMs: number): string =>
    `${formatClock(atMs - session.startMs, 2)} · ${dateTimeFormat(atMs, { timeZone, format: 'HH:mm:ss.SSS' })}`;

  const renderTooltip = ({ hover, lane, isPinned }: TooltipRequest, close: () => void): React.ReactNode => {
    const { mode, maxHeight, maxWidth } = options.tooltip;
    if (lane === undefined || (mode === TooltipDisplayMode.None && !isPinned)) {
      return null;
    }
    const about = hover.mark ? describeMark(hover.mark, palette) : null;
    const others =
      mode === TooltipDisplayMode.Multi || about === null
        ? valuesAt(lanes, lane, hover.atMs, about === null && mode !== TooltipDisplayMode.Multi, palette)
        : [];
    if (about === null && others.length === 0) {
      return null;
    }
    return (
      <SessionTooltip
        x={hover.clientX}
        y={hover.clientY}
        opens={hover.opens}
        isPinned={isPinned}
        time={timeText(hover.mark ? hover.mark.startMs : hover.atMs)}
        about={about}
        color={palette.swatch(hover.mark?.style ?? lane.lines[0]?.style ?? 'ended').fill}
        others={others}
        links={
          isPinned && about
            ? dataLinks(
                series,
                about.spans.map(({ source }) => source)
              )
            : []
        }
        palette={palette}
        {...(maxHeight !== undefined && { maxHeight })}
        {...(maxWidth !== undefined && { maxWidth })}
        onClose={close}
      />
    );
  };

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
        sharedMs={props.sharedMs}
        onRange={props.onRange}
        onSelect={props.onSelect}
        onHoverTime={props.onHoverTime}
        onIncident={props.onIncident}
        onNextIncident={props.onNextIncident}
        renderTooltip={renderTooltip}
      />
      <DataTable id={tableId} session={session} palette={palette} />
    </section>
  );
}

/** Values of the lines at a time: of all lanes, or of the one pointed at. */
function valuesAt(lanes: readonly Lane[], lane: Lane, atMs: number, isOnlyThis: boolean, palette: Palette): Fact[] {
  return (isOnlyThis ? [lane] : lanes).flatMap((each) => lineFacts(each, atMs, palette));
}
