import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { useStyles2 } from '@grafana/ui';
import React, { useCallback, useId, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { type Lane, type Mark } from '../lanes/lane';
import { type Incident, type SessionModel } from '../model/session-model';
import { Announcement } from './Announcement';
import { announce } from './describe';
import { nextEvidence } from './evidence';
import { type Hover, hoverOn, originOf, stillThere } from './hover';
import { HoverLayer, HoverTooltip, type TooltipRequest } from './HoverLayer';
import { type Command, movedCursor } from './keyboard';
import { LaneCanvas } from './LaneCanvas';
import { LaneLabels } from './LaneLabels';
import { Markers } from './Markers';
import { IncidentShades } from './overlays';
import { Overview, OVERVIEW_PX } from './Overview';
import { laneTops } from './paint';
import { type Palette } from './palette';
import { Selection, type SelectionPx } from './Selection';
import { TimeAxis } from './TimeAxis';
import { ticksOf } from './ticks';
import { panned, revealed, timeAt, type TimeRangeMs, type TimeScale, zoomed } from './time-scale';
import { useTimelineInput } from './use-timeline-input';
import { Watched } from './watched';

export type ChartLayout = {
  readonly width: number;
  readonly height: number;
  readonly labelPx: number;
  readonly showDetail: boolean;
  readonly showOverview: boolean;
  readonly showMarkers: boolean;
};

/** `showEvidence` goes to the next request that proves the chosen incident. */
export type ChartHandle = { readonly showEvidence: () => void };

type Props = {
  readonly session: SessionModel;
  readonly lanes: readonly Lane[];
  readonly layout: ChartLayout;
  readonly baseMs: number;
  readonly full: TimeRangeMs;
  readonly range: TimeRangeMs;
  readonly palette: Palette;
  readonly timeZone: TimeZone;
  readonly selected: Incident | null;
  readonly wheelZoom: 'withKey' | 'always' | 'never';
  /** Axis time that is pointed at in any session of this panel, and Unix time in other panels. */
  readonly pointer: Watched<number | null>;
  readonly shared: Watched<number | null>;
  readonly onRange: (range: TimeRangeMs) => void;
  /** A dragged part, which may be for the whole dashboard. */
  readonly onSelect: (range: TimeRangeMs) => void;
  readonly onHoverTime: (atMs: number | null) => void;
  readonly onIncident: (incident: Incident | null) => void;
  readonly onNextIncident: (step: 1 | -1, atMs: number) => void;
  /** For what is outside of the chart and leads into it. */
  readonly handle: React.Ref<ChartHandle>;
  readonly renderTooltip: (request: TooltipRequest, close: () => void) => React.ReactNode;
};

export const AXIS_PX = 20;
export const MARKERS_PX = 22;

/** One session: overview, incident markers, lanes and axis, with pointer and keyboard. */
export function SessionChart(props: Props) {
  const { session, lanes, layout, baseMs, full, range, palette, timeZone, selected, pointer, onRange } = props;
  const styles = useStyles2(getStyles);
  const hintId = useId();
  const lanesRef = useRef<HTMLDivElement>(null);
  const [{ looked, said, selection }] = useState(watchedOf);
  const { hover, pinned } = looked;

  const widthPx = Math.max(10, layout.width - layout.labelPx);
  const scale = useMemo<TimeScale>(() => ({ ...range, baseMs, widthPx }), [range, baseMs, widthPx]);
  const ticks = useMemo(() => ticksOf(scale, timeZone), [scale, timeZone]);
  const highlighted = useMemo(() => (selected ? selected.evidence : null), [selected]);
  const { tops, height: lanesHeight } = useMemo(() => laneTops(lanes), [lanes]);

  const { onHoverTime, onNextIncident } = props;
  const onHover = useCallback(
    (next: Hover | null) => {
      hover.set(next);
      pointer.set(next ? next.atMs - baseMs : null);
      onHoverTime(next ? next.atMs : null);
    },
    [hover, pointer, baseMs, onHoverTime]
  );

  const showMark = (laneIndex: number, mark: Mark) => {
    const shown = revealed(range, full, mark.startMs - baseMs, mark.endMs - baseMs);
    const isInView = mark.startMs - baseMs >= range.fromMs && mark.startMs - baseMs <= range.toMs;
    const nextScale = isInView ? scale : { ...scale, ...shown };
    if (!isInView) {
      onRange(shown);
    }
    if (lanesRef.current) {
      onHover(hoverOn(lanes, nextScale, originOf(lanesRef.current), laneIndex, mark));
    }
    said.set(announce(lanes[laneIndex], mark, session.startMs, palette));
  };

  const showEvidence = () => {
    const next = selected ? nextEvidence(lanes, selected.evidence, stillThere(hover.get(), lanes)?.mark ?? null) : null;
    if (next) {
      showMark(next.laneIndex, next.mark);
    }
  };
  useImperativeHandle(props.handle, () => ({ showEvidence }));

  const onCommand = (command: Command) => {
    const at = stillThere(hover.get(), lanes);
    const aroundMs = at ? at.atMs - baseMs : middleOf(range, selected, baseMs);
    switch (command.kind) {
      case 'cursor': {
        const from = at?.mark ? { laneIndex: at.laneIndex, mark: at.mark } : null;
        const next = movedCursor(lanes, from, command.move);
        if (next) {
          showMark(next.laneIndex, next.mark);
        }
        return;
      }
      case 'zoom':
        return onRange(zoomed(range, full, command.factor, aroundMs));
      case 'pan':
        return onRange(panned(range, full, (range.toMs - range.fromMs) * command.share));
      case 'reset':
        return onRange(full);
      case 'pin':
        return pinned.set(at?.mark ? at : null);
      case 'evidence':
        return showEvidence();
      case 'leave':
        pinned.set(null);
        props.onIncident(null);
        return onHover(null);
      case 'incident':
        return onNextIncident(command.step, selected ? selected.startMs : timeAt(scale, 0));
    }
  };

  const handlers = useTimelineInput({
    lanesRef,
    lanes,
    scale,
    full,
    wheelZoom: props.wheelZoom,
    selection,
    onHover,
    onPin: pinned.set,
    onRange,
    onSelect: props.onSelect,
    onCommand,
  });

  return (
    <div role="figure" aria-label={`Timeline of session ${session.id}`} style={{ width: layout.width }}>
      {layout.showOverview && (
        <div style={{ marginLeft: layout.labelPx, height: OVERVIEW_PX + 4 }}>
          <Overview lanes={lanes} full={full} range={range} scale={scale} palette={palette} onRange={onRange} />
        </div>
      )}
      {layout.showMarkers && (
        <div style={{ marginLeft: layout.labelPx, height: MARKERS_PX }}>
          <Markers incidents={session.incidents} scale={scale} selected={selected} onIncident={props.onIncident} />
        </div>
      )}
      <div className={styles.scroll} style={{ height: Math.min(layout.height, lanesHeight) }}>
        <LaneLabels lanes={lanes} tops={tops} widthPx={layout.labelPx} showDetail={layout.showDetail} />
        <div
          ref={lanesRef}
          className={styles.lanes}
          style={{ width: widthPx, height: lanesHeight }}
          role="application"
          aria-roledescription="timeline"
          aria-label={`Lanes of session ${session.id}`}
          aria-describedby={hintId}
          tabIndex={0}
          data-testid="playpath lanes"
          {...handlers}
        >
          <LaneCanvas lanes={lanes} scale={scale} ticks={ticks} palette={palette} highlighted={highlighted} />
          <IncidentShades incidents={session.incidents} selected={selected} scale={scale} />
          <Selection selection={selection} />
          <HoverLayer lanes={lanes} tops={tops} scale={scale} looked={looked} pointer={pointer} shared={props.shared} />
        </div>
      </div>
      <div style={{ marginLeft: layout.labelPx, height: AXIS_PX }}>
        <TimeAxis ticks={ticks} widthPx={widthPx} />
      </div>
      <div id={hintId} hidden>
        Arrow keys move between items and lanes, n and p between incidents, e through the evidence of one, plus and
        minus zoom, 0 shows all, Enter shows details.
      </div>
      <Announcement said={said} />
      <HoverTooltip lanes={lanes} looked={looked} renderTooltip={props.renderTooltip} />
    </div>
  );
}

function watchedOf() {
  return {
    looked: { hover: new Watched<Hover | null>(null), pinned: new Watched<Hover | null>(null) },
    said: new Watched(''),
    selection: new Watched<SelectionPx | null>(null),
  };
}

/** Zooming keeps what the reader looks at: the chosen incident, or the middle. */
function middleOf({ fromMs, toMs }: TimeRangeMs, selected: Incident | null, baseMs: number): number {
  const middle = selected ? (selected.startMs + selected.endMs) / 2 - baseMs : NaN;
  return middle >= fromMs && middle <= toMs ? middle : (fromMs + toMs) / 2;
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ display: 'flex', overflowX: 'hidden', overflowY: 'auto', scrollbarWidth: 'thin' }),
  lanes: css({
    position: 'relative',
    flex: 'none',
    cursor: 'crosshair',
    touchAction: 'pan-y',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
  }),
});
