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

export type PlacedMarker = {
  /** More than one where there is no room for each. */
  readonly incidents: readonly Incident[];
  readonly x: number;
  readonly roomPx: number;
};

/** How far a badge may be moved from where its incident began. */
const FARTHEST_PX = 3 * BADGE_PX;

/** Where each badge goes: at the begin of its incident, a little later where two would cover each other. */
export function placeMarkers(incidents: readonly Incident[], scale: TimeScale): PlacedMarker[] {
  const places: Array<{ incidents: Incident[]; x: number }> = [];
  let freeFrom = 0;
  for (const incident of incidents) {
    if (xOf(scale, incident.endMs) < 0 || xOf(scale, incident.startMs) > scale.widthPx) {
      continue;
    }
    const wanted = Math.max(0, xOf(scale, incident.startMs) - BADGE_PX / 2);
    const x = Math.max(freeFrom, Math.min(scale.widthPx - BADGE_PX, wanted));
    const last = places[places.length - 1];
    if (last && (x - wanted > FARTHEST_PX || x > scale.widthPx - BADGE_PX)) {
      last.incidents.push(incident);
    } else {
      places.push({ incidents: [incident], x });
      freeFrom = x + BADGE_PX + 1;
    }
  }
  return places.map(({ incidents: own, x }, index) => ({
    incidents: own,
    x,
    roomPx: (places[index + 1]?.x ?? scale.widthPx) - x - BADGE_PX - 6,
  }));
}

/** Numbered buttons above the lanes. */
export const Markers = React.memo(function Markers({ incidents, scale, selected, onIncident }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.strip} style={{ width: scale.widthPx }}>
      {placeMarkers(incidents, scale).map(({ incidents: own, x, roomPx }) => {
        const place = own.findIndex((candidate) => candidate === selected);
        const incident = own[Math.max(0, place)];
        // A badge of several steps through them, and after the last lets go.
        const next = place < 0 ? own[0] : (own[place + 1] ?? null);
        const { failover } = incident;
        // What is written must be part of the name, so that whoever says what he reads reaches it.
        const kind = kindLabel(incident.kind);
        const text = failover ? `${failover.from} → ${failover.to} · ${failover.reason}` : kind;
        const name = failover ? `${text} (${kind})` : kind;
        const isSelected = place >= 0;
        return (
          <button
            key={incident.id}
            type="button"
            className={cx(styles.marker, isSelected && styles.selected)}
            style={{ left: x, maxWidth: BADGE_PX + Math.max(0, roomPx) }}
            title={incident.sentence}
            aria-label={`Incident ${incident.number}: ${name}. ${incident.sentence}${others(own)}`}
            aria-pressed={isSelected}
            onClick={() => onIncident(next)}
          >
            <span className={cx(styles.badge, isSevere(incident) ? styles.severe : styles.mild)}>
              {own.length > 1 && place < 0 ? '…' : incident.number}
            </span>{' '}
            {roomPx > 50 && <span className={styles.text}>{text}</span>}
          </button>
        );
      })}
    </div>
  );
});

function others({ length }: readonly Incident[]): string {
  return length > 1 ? ` And ${length - 1} more here.` : '';
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
