import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { useWatched, type Watched } from './watched';

export type SelectionPx = readonly [left: number, right: number];

/** The part of the time that is being dragged over. */
export function Selection({ selection }: { readonly selection: Watched<SelectionPx | null> }) {
  const styles = useStyles2(getStyles);
  const shown = useWatched(selection);
  return shown && <div className={styles.selection} style={{ left: shown[0], width: shown[1] - shown[0] }} />;
}

const getStyles = (theme: GrafanaTheme2) => ({
  selection: css({
    position: 'absolute',
    top: 0,
    bottom: 0,
    background: theme.colors.action.selected,
    border: `1px solid ${theme.colors.border.strong}`,
    pointerEvents: 'none',
  }),
});
