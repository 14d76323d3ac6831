import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { unseen } from './unseen';
import { useWatched, type Watched } from './watched';

/** What the keyboard's cursor came to, said by a screen reader. */
export function Announcement({ said }: { readonly said: Watched<string> }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.unseen} role="status" aria-live="polite" data-testid="playpath announcement">
      {useWatched(said)}
    </div>
  );
}

const getStyles = () => ({ unseen: css(unseen) });
