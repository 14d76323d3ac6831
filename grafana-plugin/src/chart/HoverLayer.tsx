import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useCallback } from 'react';
import { type Lane } from '../lanes/lane';
import { type Hover, stillThere } from './hover';
import { Outline } from './overlays';
import { type TimeScale, xOf } from './time-scale';
import { useWatched, type Watched } from './watched';

/** Where the reader looks, and what he keeps open. */
export type Looked = { readonly hover: Watched<Hover | null>; readonly pinned: Watched<Hover | null> };

type Props = {
  readonly lanes: readonly Lane[];
  readonly tops: readonly number[];
  readonly scale: TimeScale;
  readonly looked: Looked;
  /** Axis time that is pointed at in any session of this panel. */
  readonly pointer: Watched<number | null>;
  /** Unix time other panels point at. */
  readonly shared: Watched<number | null>;
};

/** What follows the pointer, above a picture that does not. */
export function HoverLayer({ lanes, tops, scale, looked, pointer, shared }: Props) {
  const styles = useStyles2(getStyles);
  const { shown } = useLooked(looked, lanes);
  const pointerMs = useWatched(pointer);
  const sharedMs = useWatched(shared);
  const atMs = shown?.atMs ?? (pointerMs === null ? sharedMs : scale.baseMs + pointerMs);
  const x = atMs === null ? NaN : xOf(scale, atMs);
  return (
    <>
      {x >= 0 && x <= scale.widthPx && (
        <div
          className={styles.crosshair}
          data-testid="playpath crosshair"
          style={{ transform: `translateX(${x}px)` }}
        />
      )}
      {shown?.mark && (
        <Outline mark={shown.mark} lane={lanes[shown.laneIndex]} topPx={tops[shown.laneIndex]} scale={scale} />
      )}
    </>
  );
}

export type TooltipRequest = { readonly hover: Hover; readonly lane: Lane; readonly isPinned: boolean };

type TooltipProps = {
  readonly lanes: readonly Lane[];
  readonly looked: Looked;
  readonly renderTooltip: (request: TooltipRequest, close: () => void) => React.ReactNode;
};

/** Beside the lanes, not within: what is clicked in the tooltip must not reach them. */
export function HoverTooltip({ lanes, looked, renderTooltip }: TooltipProps) {
  const { shown, isPinned } = useLooked(looked, lanes);
  const close = useCallback(() => looked.pinned.set(null), [looked]);
  return shown && <>{renderTooltip({ hover: shown, lane: lanes[shown.laneIndex], isPinned }, close)}</>;
}

/** Lanes come and go with the data and the filter. */
function useLooked({ hover, pinned }: Looked, lanes: readonly Lane[]) {
  const hovered = stillThere(useWatched(hover), lanes);
  const kept = stillThere(useWatched(pinned), lanes);
  return { shown: kept ?? hovered, isPinned: kept !== null };
}

const getStyles = (theme: GrafanaTheme2) => ({
  crosshair: css({
    position: 'absolute',
    top: 0,
    bottom: 0,
    left: 0,
    width: 0,
    borderLeft: `1px dashed ${theme.colors.text.secondary}`,
    pointerEvents: 'none',
    // A layer of its own: moving it repaints nothing below.
    willChange: 'transform',
  }),
});
