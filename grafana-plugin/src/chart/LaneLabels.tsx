import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Lane } from '../lanes/lane';

type Props = {
  readonly lanes: readonly Lane[];
  readonly tops: readonly number[];
  readonly widthPx: number;
  readonly showDetail: boolean;
};

/** Names of the lanes, left of them. */
export const LaneLabels = React.memo(function LaneLabels({ lanes, tops, widthPx, showDetail }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.column} style={{ width: widthPx }}>
      {lanes.map((lane, index) => (
        <div
          key={lane.id}
          className={styles.label}
          data-testid="playpath lane label"
          style={{ top: tops[index], height: lane.heightPx }}
          title={`${lane.label} ${lane.detail}`}
        >
          <div className={styles.name}>{lane.label}</div>
          {showDetail && lane.detail !== '' && lane.heightPx >= 26 && (
            <div className={styles.detail}>{lane.detail}</div>
          )}
        </div>
      ))}
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => {
  const line = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' as const, lineHeight: 1.2 };
  return {
    column: css({ position: 'relative', flex: 'none' }),
    label: css({
      position: 'absolute',
      left: 0,
      right: theme.spacing(1),
      display: 'flex',
      flexDirection: 'column',
      justifyContent: 'center',
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    name: css({ ...line, color: theme.colors.text.primary }),
    detail: css({ ...line, color: theme.colors.text.secondary, fontSize: '0.85em' }),
  };
};
