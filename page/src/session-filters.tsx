import { useStyles2 } from '@grafana/ui';
import { pageStyles } from './page-styles.ts';
import { EVERYTHING, type SessionPage, type SessionSearch } from './query-api.ts';

type Choices = readonly (readonly [value: string, text: string])[];

const OUTCOMES: Choices = [
  ['', 'any outcome'],
  ...['played', 'start_failure', 'exit_before_start', 'lost_signal', 'in_progress'].map(asChoice),
];
const VERDICTS: Choices = [
  ['', 'any verdict'],
  ...['edge_error', 'edge_slow', 'origin_error', 'origin_slow', 'cache_miss', 'network', 'abr'].map(asChoice),
  ...['manifest_stale', 'auth', 'drm', 'ad', 'client', 'failover', 'unknown'].map(asChoice),
];
const LIVE: Choices = [
  ['', 'open and closed'],
  ['true', 'still open'],
  ['false', 'closed'],
];
const INCIDENTS: Choices = [
  ['', 'all sessions'],
  ['true', 'with incidents'],
  ['false', 'without incidents'],
];

type SessionFiltersProps = {
  readonly search: SessionSearch;
  readonly found: SessionPage | null;
  readonly onSearch: (search: SessionSearch) => void;
};

/** What the list shows; every change asks the collector again. */
export function SessionFilters({ search, found, onSearch }: SessionFiltersProps) {
  const styles = useStyles2(pageStyles);
  const cdns = new Set(found?.sessions.flatMap((session) => session.cdns ?? []) ?? []);
  if (search.cdn !== '') cdns.add(search.cdn);
  const selects = [
    ['incidents', 'Incidents', INCIDENTS],
    ['verdict', 'Verdict', VERDICTS],
    ['outcome', 'Outcome', OUTCOMES],
    ['cdn', 'CDN', [['', 'any CDN'], ...[...cdns].sort().map((name) => [name, name] as const)]],
    ['live', 'Open', LIVE],
  ] as const;
  return (
    <search className={styles.filters}>
      <input
        type="search"
        aria-label="Search sessions"
        placeholder="id, title or incident"
        value={search.q}
        onChange={(event) => onSearch({ ...search, q: event.currentTarget.value })}
      />
      {selects.map(([name, label, choices]) => (
        <select
          key={name}
          aria-label={label}
          value={search[name]}
          onChange={(event) => onSearch({ ...search, [name]: event.currentTarget.value })}
        >
          {choices.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      ))}
      {JSON.stringify(search) !== JSON.stringify(EVERYTHING) && (
        <button type="button" onClick={() => onSearch(EVERYTHING)}>
          show all
        </button>
      )}
      <output aria-live="polite">
        {found === null ? 'asking…' : `${found.matched} of ${found.held} sessions in memory`}
      </output>
    </search>
  );
}

function asChoice(value: string): readonly [string, string] {
  return [value, value.replaceAll('_', ' ')];
}
