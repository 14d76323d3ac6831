import { cx } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import { pageStyles } from './page-styles.ts';
import type { SessionPage, SessionView } from './query-api.ts';
import { addressOf } from './use-chosen-sessions.ts';

type SessionListProps = {
  readonly found: SessionPage | null;
  /** Trace ids of the sessions that are open. */
  readonly chosen: readonly string[];
  /** Beside an open session there is room for one column. */
  readonly isNarrow: boolean;
  readonly onChoose: (ids: readonly string[]) => void;
};

/** Sessions, those with incidents first: whoever opens the page looks for trouble. */
export function SessionList({ found, chosen, isNarrow, onChoose }: SessionListProps) {
  const styles = useStyles2(pageStyles);
  if (found === null) return null;
  if (found.sessions.length === 0) {
    return (
      <p>{found.held === 0 ? 'No session yet. They appear as soon as somebody plays.' : 'No session is like that.'}</p>
    );
  }
  const isHurt = ({ incidents }: SessionView): boolean => (incidents?.length ?? 0) > 0;
  const ordered = [...found.sessions.filter(isHurt), ...found.sessions.filter((session) => !isHurt(session))];
  return (
    <ul className={cx(styles.list, isNarrow && styles.narrowList)}>
      {ordered.map((session) => {
        const id = session.traceId ?? '';
        const isChosen = chosen.includes(id);
        return (
          <li key={id} className={cx(isChosen && styles.chosen)}>
            <a href={addressOf([id])} aria-current={isChosen}>
              <strong>{session.title || session.contentId || 'unknown content'}</strong>
              <span>{headOf(session)}</span>
            </a>
            <p>{troubleOf(session)}</p>
            {chosen.length === 1 && !isChosen && (
              <button type="button" onClick={() => onChoose([...chosen, id])} aria-label={`Compare with ${id}`}>
                compare
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function headOf(session: SessionView): string {
  const { beginMs, isLive, outcome, cdns, dimensions } = session;
  const parts = [
    beginMs === null ? '' : new Date(beginMs).toLocaleTimeString('en-GB'),
    isLive ? 'live' : (outcome ?? '').replaceAll('_', ' '),
    dimensions?.player ?? '',
    (cdns ?? []).join(', '),
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The worst in a line; the panel tells the rest. */
function troubleOf({ incidents }: SessionView): string {
  if (incidents === null || incidents.length === 0) return 'no incident';
  const [first] = [...incidents].sort((a, b) => b.confidence - a.confidence);
  const more = incidents.length === 1 ? '' : ` (+${incidents.length - 1} more)`;
  return `${first?.verdict.replaceAll('_', ' ')}: ${first?.sentence}${more}`;
}
