import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Lane, type Mark } from '../lanes/lane';
import { type Incident } from '../model/session-model';
import { type TimeScale, xOf } from './time-scale';

type ShadeProps = { incidents: readonly Incident[]; selected: Incident | null; scale: TimeScale };

/** Lines nearer to each other than this hide more than they show. */
const NEAREST_PX = 40;

/** The chosen incident, and failovers that are not too near to another. */
export function shadedIncidents(
  incidents: readonly Incident[],
  selected: Incident | null,
  scale: TimeScale
): Incident[] {
  const shown: Incident[] = [];
  let freeFrom = -Infinity;
  for (const incident of incidents) {
    const x = xOf(scale, incident.startMs);
    if (incident === selected || (incident.failover && x >= freeFrom)) {
      shown.push(incident);
      freeFrom = x + NEAREST_PX;
    }
  }
  return shown;
}

/** Where a failover took over, and how long the chosen incident lasted. */
export const IncidentShades = React.memo(function IncidentShades({ incidents, selected, scale }: ShadeProps) {
  const styles = useStyles2(getStyles);
  return shadedIncidents(incidents, selected, scale).map((incident) => {
    const left = Math.max(-2, xOf(scale, incident.startMs));
    const right = Math.min(scale.widthPx + 2, xOf(scale, incident.endMs));
    return right < 0 || left > scale.widthPx ? null : (
      <div
        key={incident.id}
        className={styles.shade}
        data-selected={incident === selected}
        style={{ left, width: Math.max(1, right - left) }}
      />
    );
  });
});

type OutlineProps = { mark: Mark; lane: Lane; topPx: number; scale: TimeScale };

/** Around what the reader points at. */
export const Outline = React.memo(function Outline({ mark, lane, topPx, scale }: OutlineProps) {
  const styles = useStyles2(getStyles);
  const height = (lane.heightPx - 6) / lane.tracks;
  const left = Math.max(0, xOf(scale, mark.startMs));
  const right = Math.min(scale.widthPx, xOf(scale, mark.endMs));
  const top = topPx + 3 + mark.track * height;
  return (
    <div
      className={styles.outline}
      style={{ left: left - 1, top: top - 1, width: Math.max(4, right - left + 2), height: height + 1 }}
    />
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  outline: css({
    position: 'absolute',
    border: `2px solid ${theme.colors.text.maxContrast}`,
    borderRadius: theme.shape.radius.default,
    pointerEvents: 'none',
  }),
  shade: css({
    position: 'absolute',
    top: 0,
    bottom: 0,
    borderLeft: `1px dashed ${theme.colors.error.text}`,
    pointerEvents: 'none',
    '&[data-selected="true"]': {
      borderRight: `1px dashed ${theme.colors.error.text}`,
      boxShadow: `inset 0 3px 0 ${theme.colors.error.text}`,
    },
  }),
});
