import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { isSevere, kindLabel } from '../model/headline';
import { type Incident } from '../model/session-model';
import { type TimeScale, xOf } from './time-scale';

type Props = {
  readonly incidents: readonly Incident[];
  readonly scale: TimeScale;
  readonly selected: Incident | null;
  readonly onIncident: (incident: Incident | null) => void;
};

const BADGE_PX = 18;

export type PlacedMarker = { readonly incident: Incident; readonly x: number; readonly roomPx: number };

/** Where each incident's badge goes: at its begin, moved right where two would cover each other. */
export function placeMarkers(incidents: readonly Incident[], scale: TimeScale): PlacedMarker[] {
  const inView = incidents.filter(
    ({ startMs, endMs }) => xOf(scale, endMs) >= 0 && xOf(scale, startMs) <= scale.widthPx
  );
  let freeFrom = 0;
  const places = inView.map((incident) => {
    const x = Math.max(freeFrom, Math.min(scale.widthPx - BADGE_PX, xOf(scale, incident.startMs) - BADGE_PX / 2));
    freeFrom = x + BADGE_PX + 1;
    return { incident, x };
  });
  return places.map(({ incident, x }, index) => ({
    incident,
    x,
    roomPx: (places[index + 1]?.x ?? scale.widthPx) - x - BADGE_PX - 6,
  }));
}

/** Numbered buttons above the lanes. */
export function Markers({ incidents, scale, selected, onIncident }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.strip} style={{ width: scale.widthPx }}>
      {placeMarkers(incidents, scale).map(({ incident, x, roomPx }) => {
        const { failover } = incident;
        const about = failover ? ` ${failover.from} → ${failover.to} · ${failover.reason}` : '';
        const text = kindLabel(incident.kind) + about;
        const isSelected = incident === selected;
        return (
          <button
            key={incident.id}
            type="button"
            className={cx(styles.marker, isSelected && styles.selected)}
            style={{ left: x, maxWidth: BADGE_PX + Math.max(0, roomPx) }}
            title={incident.sentence}
            aria-label={`Incident ${incident.number}: ${text}. ${incident.sentence}`}
            aria-pressed={isSelected}
            onClick={() => onIncident(isSelected ? null : incident)}
          >
            <span className={cx(styles.badge, isSevere(incident) ? styles.severe : styles.mild)}>
              {incident.number}
            </span>
            {' '}
            {roomPx > 50 && <span className={styles.text}>{text}</span>}
          </button>
        );
      })}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  strip: css({ position: 'relative', height: '100%' }),
  marker: css({
    position: 'absolute',
    top: 1,
    height: BADGE_PX,
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    padding: 0,
    border: 'none',
    background: 'none',
    color: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    cursor: 'pointer',
    borderRadius: theme.shape.radius.pill,
  }),
  badge: css({
    flex: 'none',
    width: BADGE_PX,
    height: BADGE_PX,
    lineHeight: `${BADGE_PX}px`,
    textAlign: 'center',
    borderRadius: theme.shape.radius.circle,
    fontWeight: theme.typography.fontWeightMedium,
  }),
  severe: css({ background: theme.colors.error.main, color: theme.colors.error.contrastText }),
  mild: css({ background: theme.colors.warning.main, color: theme.colors.warning.contrastText }),
  text: css({ overflow: 'hidden', textOverflow: 'ellipsis', paddingRight: theme.spacing(0.5) }),
  selected: css({
    background: theme.colors.action.selected,
    boxShadow: `inset 0 0 0 1px ${theme.colors.error.border}`,
  }),
});
