import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Palette } from '../chart/palette';
import { formatDuration } from '../model/numbers';
import { type Half, type Request, TIERS } from '../model/request';

type Props = { readonly request: Request; readonly palette: Palette };

/** One request as each party saw it: player, edge, shield, origin, on one axis; parties nobody heard from are named. */
export function Waterfall({ request, palette }: Props) {
  const styles = useStyles2(getStyles);
  const length = Math.max(1e-3, request.endMs - request.startMs);
  const share = (ms: number) => `${Math.min(100, Math.max(0, (ms / length) * 100))}%`;
  const rows = TIERS.filter((tier) => tier !== 'shield' || request.halves.some((half) => half.tier === 'shield'));
  return (
    <div className={styles.rows} data-testid="playpath waterfall">
      {rows.map((tier) => {
        const half = request.halves.find((candidate) => candidate.tier === tier);
        return (
          <React.Fragment key={tier}>
            <span className={styles.tier}>{tier}</span>
            <span className={styles.track}>
              {half && <Bar half={half} request={request} share={share} palette={palette} />}
            </span>
            <span className={styles.time}>
              {half ? timeText(half) : tier === 'origin' && request.outcome === 'hit' ? 'not asked' : 'no report'}
            </span>
          </React.Fragment>
        );
      })}
    </div>
  );
}

type BarProps = { half: Half; request: Request; share: (ms: number) => string; palette: Palette };

function Bar({ half, request, share, palette }: BarProps) {
  const styles = useStyles2(getStyles);
  // Only the edge knows what its cache did; the player's bar has the colour of the whole.
  const quiet = half.tier === 'origin' ? 'origin' : request.outcome;
  const color = palette.swatch(half.outcome === 'ok' ? quiet : half.outcome).fill;
  const from = request.startMs;
  const wait = Number.isNaN(half.ttfbMs) ? 0 : half.ttfbMs;
  const place = (startMs: number, ms: number) => ({ left: share(startMs - from), width: share(ms), background: color });
  return (
    <>
      <span className={styles.wait} style={place(half.startMs, wait)} />
      <span className={styles.bar} style={place(half.startMs + wait, half.endMs - half.startMs - wait)} />
    </>
  );
}

function timeText({ startMs, endMs, ttfbMs, status }: Half): string {
  const first = Number.isNaN(ttfbMs) ? '' : `first byte ${formatDuration(ttfbMs)}, `;
  return `${Number.isNaN(status) ? '' : `${status} · `}${first}${formatDuration(endMs - startMs)}`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  rows: css({
    display: 'grid',
    gridTemplateColumns: 'auto minmax(80px, 1fr) auto',
    gap: theme.spacing(0.25, 1),
    alignItems: 'center',
    margin: theme.spacing(1, 0),
  }),
  tier: css({ color: theme.colors.text.secondary }),
  track: css({ position: 'relative', height: 12, background: theme.colors.background.secondary }),
  bar: css({ position: 'absolute', top: 1, bottom: 1, minWidth: 2 }),
  wait: css({ position: 'absolute', top: 1, bottom: 1, opacity: 0.4 }),
  time: css({ whiteSpace: 'nowrap' }),
});
