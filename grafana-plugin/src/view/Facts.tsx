import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type SessionModel } from '../model/session-model';

type Props = Pick<SessionModel, 'facts'>;

/** Who watched what, in one line. */
export function Facts({ facts }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <span className={styles.facts} data-testid="playpath facts">
      {facts.map(([label, value]) => (
        <span key={label} title={`${label}: ${value}`}>
          {textOf(label, value)}
        </span>
      ))}
    </span>
  );
}

/** Long ids keep their beginning, which tells them apart. */
function textOf(label: string, value: string): string {
  if (label === 'Session' && value.length > 20) {
    return `${value.slice(0, 13)}…`;
  }
  return label === 'Clock offset' ? `clock ${value}` : value;
}

const getStyles = (theme: GrafanaTheme2) => ({
  facts: css({
    flex: '1 1 0',
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    '& > span + span::before': { content: '" · "' },
  }),
});
