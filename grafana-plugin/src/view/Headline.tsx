import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, type IconName, useStyles2 } from '@grafana/ui';
import React from 'react';
import { describeIncident, verdictText } from '../chart/describe';
import { type Headline as HeadlineModel, kindLabel } from '../model/headline';
import { formatCount } from '../model/numbers';
import { type Incident, type SessionModel } from '../model/session-model';
import { Facts } from './Facts';

type Props = {
  readonly session: SessionModel;
  readonly headline: HeadlineModel;
  /** Lines of verdicts below the title; 0 is one line for small panels. */
  readonly lines: number;
  /** Several sessions each say who they are; one says it in the toolbar. */
  readonly showFacts: boolean;
  readonly selected: Incident | null;
  readonly onIncident: (incident: Incident | null) => void;
  /** Goes to the next request that proves the chosen incident. */
  readonly onEvidence: () => void;
};

const LINE_PX = 21;

/** Height of the headline with its gap below; `lines` of verdicts, none of them for a short one. */
export function headlineHeight(lines: number): number {
  return lines === 0 ? 26 : 46 + lines * LINE_PX;
}

const ICONS: Record<HeadlineModel['severity'], IconName> = {
  error: 'exclamation-circle',
  warning: 'exclamation-triangle',
  success: 'check-circle',
  info: 'info-circle',
};

/** What went wrong and why, in words, before any picture. */
export function Headline({ session, headline, lines, showFacts, selected, onIncident, onEvidence }: Props) {
  const styles = useStyles2(getStyles);
  const { title, severity, verdicts } = headline;
  const worst = verdicts[0]?.incident;
  if (lines === 0) {
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
    <div
      className={cx(styles.box, styles.full, styles[severity])}
      style={{ height: headlineHeight(lines) - 4 }}
      data-testid="playpath headline"
    >
      <div className={styles.top}>
        <Icon name={ICONS[severity]} />
        <span className={styles.title}>{title}</span>
        {verdicts.length > lines && !selected && (
          <span className={styles.weak}>{`and ${formatCount(verdicts.length - lines, 'more cause')}`}</span>
        )}
        {showFacts && <Facts facts={session.facts} />}
      </div>
      {selected ? (
        <Chosen incident={selected} lines={lines} onEvidence={onEvidence} />
      ) : (
        <div className={styles.verdicts}>
          {worst === undefined && <span>{headline.quiet}</span>}
          {verdicts.slice(0, lines).map(({ incident, count }) => (
            <button
              key={incident.id}
              type="button"
              className={styles.verdict}
              title={incident.sentence}
              aria-pressed={incident === selected}
              onClick={() => onIncident(incident === selected ? null : incident)}
            >
              <span className={styles.cause}>
                {verdictText(incident.verdict, incident.confidence)}
                {count > 1 ? ` ×${count}` : ''}
              </span>{' '}
              {incident.sentence}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

type ChosenProps = { readonly incident: Incident; readonly lines: number; readonly onEvidence: () => void };

/** The incident somebody chose, in full. */
function Chosen({ incident, lines, onEvidence }: ChosenProps) {
  const styles = useStyles2(getStyles);
  const facts = describeIncident(incident).map(([label, value]) => `${label}: ${value}`);
  return (
    <div
      className={styles.verdicts}
      style={{ flexDirection: lines > 1 ? 'column' : 'row' }}
      data-testid="playpath chosen incident"
    >
      <span className={styles.chosen} title={incident.sentence}>
        <span className={styles.cause}>
          {incident.number} {kindLabel(incident.kind)}
        </span>{' '}
        {incident.sentence}{' '}
      </span>
      <span className={cx(styles.chosen, styles.weak)} title={facts.join(' · ')}>
        {facts.map((fact, index) => (
          <React.Fragment key={fact}>
            {index > 0 && ' · '}
            {fact.startsWith('Evidence') && incident.evidence.size > 0 ? (
              <button type="button" className={styles.evidence} title="Go to the next of them (e)" onClick={onEvidence}>
                {fact}
              </button>
            ) : (
              fact
            )}
          </React.Fragment>
        ))}
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const line = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' as const };
  const edge = (color: string) => css({ borderLeftColor: color, '& > div > svg, & > svg': { color } });
  return {
    box: css({
      borderLeft: '4px solid',
      background: theme.colors.background.secondary,
      borderRadius: theme.shape.radius.default,
      marginBottom: theme.spacing(0.5),
    }),
    short: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      height: headlineHeight(0) - 4,
      boxSizing: 'border-box',
      padding: theme.spacing(0, 1),
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    full: css({ boxSizing: 'border-box', padding: theme.spacing(0.75, 1.5), overflow: 'hidden' }),
    line: css(line),
    top: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), whiteSpace: 'nowrap' }),
    title: css({
      ...line,
      flex: '0 1 auto',
      fontWeight: theme.typography.fontWeightMedium,
      fontSize: theme.typography.h5.fontSize,
    }),
    verdicts: css({
      display: 'flex',
      flexDirection: 'column',
      gap: theme.spacing(0, 2),
      alignItems: 'flex-start',
      marginTop: theme.spacing(0.5),
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.secondary,
    }),
    verdict: css({
      ...line,
      maxWidth: '100%',
      lineHeight: `${LINE_PX}px`,
      padding: theme.spacing(0, 0.5),
      border: 'none',
      background: 'none',
      color: theme.colors.text.primary,
      textAlign: 'left',
      borderRadius: theme.shape.radius.default,
      '&:hover': { textDecoration: 'underline' },
      '&[aria-pressed="true"]': { background: theme.colors.action.selected },
    }),
    chosen: css({ ...line, maxWidth: '100%', lineHeight: `${LINE_PX}px`, color: theme.colors.text.primary }),
    evidence: css({
      padding: 0,
      border: 'none',
      background: 'none',
      font: 'inherit',
      color: theme.colors.text.link,
      textDecoration: 'underline',
    }),
    weak: css({ color: theme.colors.text.secondary }),
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
