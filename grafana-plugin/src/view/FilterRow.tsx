import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { FilterPill, useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Palette } from '../chart/palette';
import { type RequestFilter, toggled } from '../model/filter';
import { OUTCOMES } from '../model/outcomes';
import { type SessionModel } from '../model/session-model';

type Props = {
  readonly sessions: readonly SessionModel[];
  readonly filter: RequestFilter;
  readonly palette: Palette;
  readonly onFilter: (filter: RequestFilter) => void;
};

/** Which requests are shown: by CDN, by outcome, by type of object. */
export function FilterRow({ sessions, filter, palette, onFilter }: Props) {
  const styles = useStyles2(getStyles);
  const requests = sessions.flatMap((session) => session.requests);
  const cdns = [...new Set(sessions.flatMap((session) => session.cdns.map(({ name }) => name)))];
  const types = [...new Set(requests.map(({ objectType }) => objectType))].sort();
  const outcomes = OUTCOMES.filter((outcome) => requests.some((request) => request.outcome === outcome));
  return (
    <div className={styles.row} role="group" aria-label="Filter requests" data-testid="playpath filter">
      <span className={styles.label}>CDN</span>
      {cdns.map((cdn) => (
        <FilterPill
          key={cdn}
          label={cdn}
          selected={!filter.cdns.has(cdn)}
          onClick={() => onFilter({ ...filter, cdns: toggled(filter.cdns, cdn) })}
        />
      ))}
      <span className={styles.label}>Status</span>
      {outcomes.map((outcome) => (
        <FilterPill
          key={outcome}
          label={palette.swatch(outcome).text}
          selected={!filter.outcomes.has(outcome)}
          onClick={() => onFilter({ ...filter, outcomes: toggled(filter.outcomes, outcome) })}
        />
      ))}
      <span className={styles.label}>Type</span>
      {types.map((type) => (
        <FilterPill
          key={type}
          label={type}
          selected={!filter.types.has(type)}
          onClick={() => onFilter({ ...filter, types: toggled(filter.types, type) })}
        />
      ))}
    </div>
  );
}

export const FILTER_PX = 36;

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    height: FILTER_PX,
    overflowX: 'auto',
    scrollbarWidth: 'thin',
  }),
  label: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    marginLeft: theme.spacing(1),
  }),
});
