import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { formatClock } from '../model/numbers';
import { draggedRange, type Grip, keyStep } from './drag-range';
import { type TimeRangeMs } from './time-scale';

type Props = {
  readonly full: TimeRangeMs;
  readonly range: TimeRangeMs;
  readonly leftPx: number;
  readonly rightPx: number;
  readonly onRange: (range: TimeRangeMs) => void;
};

const GRIPS: ReadonlyArray<readonly [grip: Grip, name: string]> = [
  ['move', 'Shown part'],
  ['from', 'Begin of the shown part'],
  ['to', 'End of the shown part'],
];

/** The window of the overview: what the pointer drags, the arrow keys move as well. */
export function OverviewWindow({ full, range, leftPx, rightPx, onRange }: Props) {
  const styles = useStyles2(getStyles);
  const onKeyDown = (grip: Grip) => (event: React.KeyboardEvent) => {
    const share = event.ctrlKey || event.metaKey || event.altKey ? undefined : keyStep(event.key);
    if (share !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      onRange(draggedRange(grip, range, share * (full.toMs - full.fromMs), full));
    }
  };
  const begin = (ms: number) => formatClock(ms - full.fromMs, 1);
  return GRIPS.map(([grip, name]) => {
    const width = Math.max(4, rightPx - leftPx);
    const valueMs = grip === 'to' ? range.toMs : range.fromMs;
    const place = grip === 'move' ? { left: leftPx, width } : { left: grip === 'from' ? leftPx : leftPx + width };
    return (
      <div
        key={grip}
        className={grip === 'move' ? styles.window : styles.edge}
        style={place}
        role="slider"
        tabIndex={0}
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={Math.round(full.toMs - full.fromMs)}
        aria-valuenow={Math.round(valueMs - full.fromMs)}
        aria-valuetext={grip === 'move' ? `${begin(range.fromMs)} to ${begin(range.toMs)}` : begin(valueMs)}
        data-testid={grip === 'move' ? 'playpath overview window' : undefined}
        onKeyDown={onKeyDown(grip)}
      />
    );
  });
}

const getStyles = (theme: GrafanaTheme2) => {
  const focus = { '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 } };
  return {
    window: css({
      position: 'absolute',
      top: 0,
      bottom: 0,
      border: `1px solid ${theme.colors.text.secondary}`,
      borderRadius: theme.shape.radius.default,
      cursor: 'grab',
      ...focus,
    }),
    edge: css({
      position: 'absolute',
      top: '25%',
      bottom: '25%',
      width: 6,
      marginLeft: -3,
      background: theme.colors.text.secondary,
      borderRadius: theme.shape.radius.default,
      cursor: 'ew-resize',
      ...focus,
    }),
  };
};
