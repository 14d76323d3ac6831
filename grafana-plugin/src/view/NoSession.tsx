import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React from 'react';

type Props = { readonly message: string; readonly width: number; readonly height: number };

/** In place of a picture: what the data lacks. */
export function NoSession({ message, width, height }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} style={{ width, height }} data-testid="playpath no session">
      <Icon name="info-circle" size="lg" />
      <p className={styles.text}>{message}</p>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(1),
    overflow: 'auto',
    textAlign: 'center',
    color: theme.colors.text.secondary,
  }),
  text: css({ maxWidth: '60ch', margin: 0 }),
});
