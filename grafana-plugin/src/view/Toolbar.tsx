import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Button, Icon, useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Note, type SessionModel } from '../model/session-model';
import { Facts } from './Facts';

type Props = {
  /** Of the only session; several say it themselves. */
  readonly facts: SessionModel['facts'];
  readonly notes: readonly Note[];
  readonly incidents: number;
  readonly isZoomed: boolean;
  readonly isFiltering: boolean;
  readonly isFilterOpen: boolean;
  readonly onFilter: () => void;
  readonly onReset: () => void;
  readonly onStep: (step: 1 | -1) => void;
};

export const TOOLBAR_PX = 28;

/** What to know before reading the picture, and what to do with it. */
export function Toolbar({
  facts,
  notes,
  incidents,
  isZoomed,
  isFiltering,
  isFilterOpen,
  onFilter,
  onReset,
  onStep,
}: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.bar}>
      {facts.length > 0 && <Facts facts={facts} />}
      <div className={styles.notes} data-testid="playpath notes">
        {notes.map(({ text, severity }) => (
          <span key={text} className={styles.note} data-severity={severity} title={text}>
            <Icon name={severity === 'warning' ? 'exclamation-triangle' : 'info-circle'} size="sm" /> {text}
          </span>
        ))}
      </div>
      {incidents > 0 && (
        <>
          <Button
            size="sm"
            variant="secondary"
            fill="text"
            icon="angle-left"
            aria-label="Previous incident (p)"
            tooltip="Previous incident (p)"
            onClick={() => onStep(-1)}
          />
          <Button
            size="sm"
            variant="secondary"
            fill="text"
            icon="angle-right"
            aria-label="Next incident (n)"
            tooltip="Next incident (n)"
            onClick={() => onStep(1)}
          />
        </>
      )}
      <Button
        size="sm"
        variant={isFiltering ? 'primary' : 'secondary'}
        fill="text"
        icon="filter"
        aria-expanded={isFilterOpen}
        onClick={onFilter}
      >
        Filter
      </Button>
      {isZoomed && (
        <Button size="sm" variant="secondary" fill="text" icon="search-minus" onClick={onReset}>
          Show all
        </Button>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    alignItems: 'center',
    height: TOOLBAR_PX,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  notes: css({
    display: 'flex',
    gap: theme.spacing(1.5),
    flex: '0 1 auto',
    marginLeft: 'auto',
    marginRight: theme.spacing(1),
    minWidth: 0,
    overflow: 'hidden',
    color: theme.colors.text.secondary,
  }),
  note: css({
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    minWidth: 40,
    '&[data-severity="warning"]': { color: theme.colors.warning.text },
  }),
});
