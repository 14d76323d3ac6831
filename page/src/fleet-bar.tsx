import { useStyles2 } from '@grafana/ui';
import { pageStyles } from './page-styles.ts';
import { type Fleet, fleetNumbers } from './query-api.ts';
import { usePolled } from './use-polled.ts';

const REFRESH_MS = 2_000;

/** The numbers of this moment. */
export function FleetBar() {
  const styles = useStyles2(pageStyles);
  const { value } = usePolled('fleet', fleetNumbers, REFRESH_MS);
  return (
    <dl className={styles.fleet} aria-label="Fleet now">
      {numbersOf(value).map(([name, number]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{number}</dd>
        </div>
      ))}
    </dl>
  );
}

function numbersOf(fleet: Fleet | null): readonly (readonly [name: string, value: string])[] {
  const text = (value: number | undefined): string => value?.toLocaleString('en-US') ?? '–';
  const ended = Object.values(fleet?.sessionsEnded ?? {}).reduce((sum, count) => sum + count, 0);
  const played = fleet?.sessionsEnded.played ?? 0;
  return [
    ['watching', text(fleet?.concurrentViewers)],
    ['sessions with a player', text(fleet?.concurrentSessions.player)],
    ['sessions from logs alone', text(fleet?.concurrentSessions.server)],
    ['ended', fleet === null ? '–' : text(ended)],
    ['of these played', ended === 0 ? '–' : `${((100 * played) / ended).toFixed(1)} %`],
    ['records', text(fleet?.recordsReceived)],
    ['refused', text(fleet?.recordsRefused)],
  ];
}
