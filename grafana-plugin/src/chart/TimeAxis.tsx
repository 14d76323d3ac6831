import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Tick } from './ticks';

type Props = { readonly ticks: readonly Tick[]; readonly widthPx: number };

/** Times below the lanes. */
export const TimeAxis = React.memo(function TimeAxis({ ticks, widthPx }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.axis} style={{ width: widthPx }} aria-hidden="true" data-testid="playpath axis">
      {ticks
        .filter(({ x }) => x <= widthPx - 16)
        .map(({ x, label }) => (
          <span key={x} className={styles.tick} style={{ left: x, transform: x < 16 ? undefined : 'translateX(-50%)' }}>
            {label}
          </span>
        ))}
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  axis: css({ position: 'relative', height: '100%', overflow: 'hidden' }),
  tick: css({
    position: 'absolute',
    top: theme.spacing(0.25),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'nowrap',
  }),
});
