import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, type IconName, useStyles2 } from '@grafana/ui';
import React from 'react';
import { verdictText } from '../chart/describe';
import { type Headline as HeadlineModel } from '../model/headline';
import { type Incident, type SessionModel } from '../model/session-model';

type Props = {
  readonly session: SessionModel;
  readonly headline: HeadlineModel;
  /** One line, for small panels. */
  readonly isShort: boolean;
  readonly selected: Incident | null;
  readonly onIncident: (incident: Incident | null) => void;
};

export const HEADLINE_PX = { short: 24, full: 66 } as const;

const ICONS: Record<HeadlineModel['severity'], IconName> = {
  error: 'exclamation-circle',
  warning: 'exclamation-triangle',
  success: 'check-circle',
  info: 'info-circle',
};

/** What went wrong and why, in words, before any picture. */
export function Headline({ session, headline, isShort, selected, onIncident }: Props) {
  const styles = useStyles2(getStyles);
  const { title, severity, verdicts } = headline;
  const [worst] = verdicts;
  if (isShort) {
    const sentence = selected?.sentence ?? worst?.sentence ?? title;
    return (
      <div
        className={cx(styles.box, styles.short, styles[severity])}
        title={`${title}. ${sentence}`}
        data-testid="playpath headline"
      >
        <Icon name={ICONS[severity]} size="sm" /> <span className={styles.line}>{sentence}</span>
      </div>
    );
  }
  return (
    <div className={cx(styles.box, styles.full, styles[severity])} data-testid="playpath headline">
      <div className={styles.top}>
        <Icon name={ICONS[severity]} />
        <span className={styles.title}>{title}</span>
        <span className={styles.facts}>
          {session.facts.map(([label, value]) => (
            <span key={label} title={`${label}: ${value}`}>
              {label === 'Session' ? shortId(value) : label === 'Clock offset' ? `clock ${value}` : value}
            </span>
          ))}
        </span>
      </div>
      <div className={styles.verdicts}>
        {worst === undefined && <span>No incident: every request that mattered arrived in time.</span>}
        {verdicts.slice(0, 3).map((incident) => (
          <button
            key={incident.id}
            type="button"
            className={styles.verdict}
            title={incident.sentence}
            aria-pressed={incident === selected}
            onClick={() => onIncident(incident === selected ? null : incident)}
          >
            <span className={styles.cause}>{verdictText(incident.verdict, incident.confidence)}</span>{' '}
            {incident.sentence}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Long ids keep their beginning, which tells them apart. */
function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 8)}…` : id;
}

const getStyles = (theme: GrafanaTheme2) => {
  const line = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' as const };
  const edge = (color: string) => css({ borderLeftColor: color, '& > div > svg, & > svg': { color } });
  return {
    box: css({
      borderLeft: '4px solid',
      background: theme.colors.background.secondary,
      borderRadius: theme.shape.radius.default,
    }),
    short: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      height: HEADLINE_PX.short - 4,
      padding: theme.spacing(0, 1),
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    full: css({ height: HEADLINE_PX.full - 6, padding: theme.spacing(0.75, 1.5), overflow: 'hidden' }),
    line: css(line),
    top: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), whiteSpace: 'nowrap' }),
    title: css({
      ...line,
      flex: '0 1 auto',
      fontWeight: theme.typography.fontWeightMedium,
      fontSize: theme.typography.h5.fontSize,
    }),
    facts: css({
      ...line,
      flex: '1 1 0',
      minWidth: 0,
      textAlign: 'right',
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
      '& > span + span::before': { content: '" · "' },
    }),
    verdicts: css({
      display: 'flex',
      gap: theme.spacing(2),
      marginTop: theme.spacing(0.5),
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.secondary,
    }),
    verdict: css({
      ...line,
      flex: '0 1 auto',
      minWidth: 60,
      padding: theme.spacing(0, 0.5),
      border: 'none',
      background: 'none',
      color: theme.colors.text.primary,
      textAlign: 'left',
      borderRadius: theme.shape.radius.default,
      '&:hover': { textDecoration: 'underline' },
      '&[aria-pressed="true"]': { background: theme.colors.action.selected },
    }),
    cause: css({
      color: theme.colors.warning.text,
      fontWeight: theme.typography.fontWeightMedium,
      marginRight: theme.spacing(0.5),
    }),
    error: edge(theme.colors.error.main),
    warning: edge(theme.colors.warning.main),
    success: edge(theme.colors.success.main),
    info: edge(theme.colors.info.main),
  };
};
