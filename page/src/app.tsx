import { cx } from '@emotion/css';
import type { PanelPlugin } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import type { ThemeMode } from '../panel/panel-settings.ts';
import { FleetBar } from './fleet-bar.tsx';
import { pageStyles } from './page-styles.ts';
import { EVERYTHING, findSessions, type SessionSearch } from './query-api.ts';
import { SessionFilters } from './session-filters.tsx';
import { SessionList } from './session-list.tsx';
import { SessionPanel } from './session-panel.tsx';
import { useChosenSessions } from './use-chosen-sessions.ts';
import { usePolled } from './use-polled.ts';

const REFRESH_MS = 5_000;

/** Fleet, sessions, and the panel of the session that was chosen. */
export function App({ plugin, mode }: { readonly plugin: PanelPlugin; readonly mode: ThemeMode }) {
  const styles = useStyles2(pageStyles);
  const [search, setSearch] = useState<SessionSearch>(EVERYTHING);
  const [chosen, choose] = useChosenSessions();
  const found = usePolled(JSON.stringify(search), () => findSessions(search), REFRESH_MS);
  const isOpen = chosen.length > 0;
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Playpath</h1>
        <FleetBar />
      </header>
      <main className={cx(styles.main, isOpen && styles.mainWithPanel)}>
        <section aria-label="Sessions" className={styles.sessions}>
          <SessionFilters search={search} found={found.value} onSearch={setSearch} />
          {found.problem !== '' && <p role="alert">The collector does not answer: {found.problem}</p>}
          <SessionList found={found.value} chosen={chosen} isNarrow={isOpen} onChoose={choose} />
        </section>
        {isOpen && (
          <SessionPanel key={chosen.join()} plugin={plugin} mode={mode} ids={chosen} onClose={() => choose([])} />
        )}
      </main>
      <footer className={styles.footer}>
        <a href="/?plain">plain page</a> · <a href="/api/sessions">sessions as data</a> ·{' '}
        <a href="/api/fleet">fleet as data</a> · <a href="/api/verdicts">whom each cause strikes</a>
      </footer>
    </div>
  );
}
