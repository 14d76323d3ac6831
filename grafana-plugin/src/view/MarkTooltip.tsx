import { dateTimeFormat, type DataFrame } from '@grafana/data';
import type { SortOrder, TimeZone, VizTooltipOptions } from '@grafana/schema';
import { TooltipDisplayMode } from '@grafana/ui';
import React, { useMemo } from 'react';
import { describeMark, type Fact, lineValues } from '../chart/describe';
import { type TooltipRequest } from '../chart/HoverLayer';
import { type Palette } from '../chart/palette';
import { type Lane } from '../lanes/lane';
import { formatClock } from '../model/numbers';
import { dataLinks } from './data-links';
import { SessionTooltip } from './SessionTooltip';

type Props = TooltipRequest & {
  readonly lanes: readonly Lane[];
  readonly series: readonly DataFrame[];
  readonly startMs: number;
  readonly timeZone: TimeZone;
  readonly palette: Palette;
  readonly tooltip: VizTooltipOptions;
  readonly onClose: () => void;
};

/** The tooltip of what is pointed at, or nothing where there is nothing to say. Words are found once per mark, not per move. */
export function MarkTooltip(props: Props) {
  const { hover, lane, isPinned, lanes, series, startMs, timeZone, palette, tooltip, onClose } = props;
  const { mark, atMs } = hover;
  const about = useMemo(() => (mark ? describeMark(mark, palette) : null), [mark, palette]);
  const links = useMemo(() => {
    const rows = isPinned && about ? about.spans.map(({ source }) => source) : [];
    return dataLinks(series, rows);
  }, [series, about, isPinned]);
  const isForAll = tooltip.mode === TooltipDisplayMode.Multi;
  const others = useMemo(
    () => (isForAll || about === null ? valuesAt(isForAll ? lanes : [lane], atMs, palette, tooltip.sort) : NO_FACTS),
    [isForAll, about, lanes, lane, atMs, palette, tooltip.sort]
  );
  const isUnwanted = tooltip.mode === TooltipDisplayMode.None && !isPinned;
  if (isUnwanted || (about === null && others.length === 0)) {
    return null;
  }
  const shownMs = mark ? mark.startMs : atMs;
  return (
    <SessionTooltip
      x={hover.clientX}
      y={hover.clientY}
      opens={hover.opens}
      isPinned={isPinned}
      time={`${formatClock(shownMs - startMs, 2)} · ${dateTimeFormat(shownMs, { timeZone, format: 'HH:mm:ss.SSS' })}`}
      about={about}
      color={palette.swatch(mark?.style ?? lane.lines[0]?.style ?? 'ended').fill}
      others={others}
      links={links}
      palette={palette}
      {...(tooltip.maxHeight !== undefined && { maxHeight: tooltip.maxHeight })}
      {...(tooltip.maxWidth !== undefined && { maxWidth: tooltip.maxWidth })}
      onClose={onClose}
    />
  );
}

const NO_FACTS: readonly Fact[] = [];

/** Values of the lines of lanes at a time, in the order of the lanes or of their size. */
function valuesAt(lanes: readonly Lane[], atMs: number, palette: Palette, sort: SortOrder): readonly Fact[] {
  const values = lanes.flatMap((lane) => lineValues(lane, atMs, palette));
  // Grafana shares the values of this type with nobody, only its words.
  const order: `${SortOrder}` = sort;
  if (order !== 'none') {
    values.sort((a, b) => (order === 'asc' ? a.value - b.value : b.value - a.value));
  }
  return values.map(({ name, text }): Fact => [name, text]);
}
