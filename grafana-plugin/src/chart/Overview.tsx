import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useLayoutEffect, useRef, useState } from 'react';
import { type Lane } from '../lanes/lane';
import { draggedRange, type Grip } from './drag-range';
import { OverviewWindow } from './OverviewWindow';
import { type Palette } from './palette';
import { placeMarks } from './place-marks';
import { type TimeRangeMs, type TimeScale, within } from './time-scale';

type Props = {
  readonly lanes: readonly Lane[];
  readonly full: TimeRangeMs;
  readonly range: TimeRangeMs;
  readonly scale: TimeScale;
  readonly palette: Palette;
  readonly onRange: (range: TimeRangeMs) => void;
};

export const OVERVIEW_PX = 26;

type Drag = { readonly kind: Grip | 'new'; readonly startX: number; readonly range: TimeRangeMs };

/** The whole session in a strip; the window is what the lanes show. Drag it, its edges, or a new one. */
export const Overview = React.memo(function Overview({ lanes, full, range, scale, palette, onRange }: Props) {
  const styles = useStyles2(getStyles);
  const ref = useRef<HTMLCanvasElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  useLayoutEffect(() => {
    const context = ref.current?.getContext('2d');
    if (ref.current && context) {
      paintOverview(ref.current, context, lanes, { ...scale, ...full }, palette);
    }
  }, [lanes, full, scale, palette]);

  const msOf = (px: number): number => (px / scale.widthPx) * (full.toMs - full.fromMs);
  const xOf = (ms: number): number => ((ms - full.fromMs) / (full.toMs - full.fromMs)) * scale.widthPx;
  const [left, right] = [xOf(range.fromMs), xOf(range.toMs)];

  const onPointerDown = (event: React.PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const isWhole = right - left > scale.widthPx - 2;
    const kind = isWhole
      ? 'new'
      : Math.abs(x - left) < 6
        ? 'from'
        : Math.abs(x - right) < 6
          ? 'to'
          : x > left && x < right
            ? 'move'
            : 'new';
    event.currentTarget.setPointerCapture?.(event.pointerId);
    setDrag({ kind, startX: x, range });
  };
  const onPointerMove = (event: React.PointerEvent<HTMLDivElement>) => {
    if (drag === null) {
      return;
    }
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    if (Math.abs(x - drag.startX) >= 3) {
      const [startMs, atMs] = [full.fromMs + msOf(drag.startX), full.fromMs + msOf(x)];
      onRange(
        drag.kind === 'new'
          ? within({ fromMs: Math.min(startMs, atMs), toMs: Math.max(startMs, atMs) }, full)
          : draggedRange(drag.kind, drag.range, atMs - startMs, full)
      );
    }
  };
  return (
    <div
      className={styles.strip}
      style={{ width: scale.widthPx }}
      data-testid="playpath overview"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => setDrag(null)}
      onDoubleClick={() => onRange(full)}
    >
      <canvas ref={ref} aria-hidden="true" className={styles.canvas} style={{ width: scale.widthPx }} />
      <div className={styles.shade} style={{ left: 0, width: Math.max(0, left) }} />
      <div className={styles.shade} style={{ left: right, width: Math.max(0, scale.widthPx - right) }} />
      <OverviewWindow full={full} range={range} leftPx={left} rightPx={right} onRange={onRange} />
    </div>
  );
});

function paintOverview(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  lanes: readonly Lane[],
  scale: TimeScale,
  palette: Palette
): void {
  const ratio = canvas.ownerDocument.defaultView?.devicePixelRatio ?? 1;
  canvas.width = Math.round(scale.widthPx * ratio);
  canvas.height = Math.round(OVERVIEW_PX * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = palette.lane;
  context.fillRect(0, 0, scale.widthPx, OVERVIEW_PX);
  const shown = lanes.filter(({ marks, id }) => marks.length > 0 && id !== 'rendition').slice(0, 5);
  const rowPx = OVERVIEW_PX / Math.max(1, shown.length);
  shown.forEach((lane, row) => {
    const flat = { ...lane, tracks: 1, heightPx: rowPx, marks: lane.marks };
    for (const box of placeMarks(flat, scale, { highlighted: null })) {
      context.fillStyle = palette.swatch(box.mark.style).fill;
      context.fillRect(box.x, row * rowPx + 1, Math.max(1, box.width), rowPx - 2);
    }
  });
}

const getStyles = (theme: GrafanaTheme2) => ({
  strip: css({
    position: 'relative',
    height: OVERVIEW_PX,
    cursor: 'crosshair',
    touchAction: 'none',
    borderRadius: theme.shape.radius.default,
    overflow: 'hidden',
  }),
  canvas: css({ display: 'block', height: OVERVIEW_PX }),
  shade: css({ position: 'absolute', top: 0, bottom: 0, background: theme.colors.background.canvas, opacity: 0.6 }),
});
