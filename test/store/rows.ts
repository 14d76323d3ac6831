import type { Incident } from '../../collector/model/incident.ts';
import type { SessionSummary } from '../../collector/model/session.ts';
import { SESSION_COLUMNS, type SessionAudience } from '../../collector/store/session-columns.ts';
import { sessionLine } from '../../collector/store/session-feed.ts';
import type { Store } from '../../collector/store/store.ts';
import { makeSummary } from '../exporters/sessions.ts';
import { PLACEMENT } from './placement.ts';

export type RowFields = Partial<SessionSummary> & {
  readonly audience?: Partial<SessionAudience>;
  readonly incidents?: readonly Incident[];
  readonly version?: number;
};

const AUDIENCE: SessionAudience = {
  platformClass: 'player_full',
  window: 'rolling',
  starts: 1,
  streams: 1,
  downloads: 0,
  consumptionSeconds: 58,
  excluded: '',
};

/** A row of a session that played well for a minute; say what matters to the test. */
export function rowLine({ audience, incidents = [], version = 1, ...fields }: RowFields = {}): string {
  const summary = makeSummary(fields);
  const facts = { summary, incidents, audience: { ...AUDIENCE, ...audience } };
  return sessionLine({ ...facts, startedMs: summary.beginMs, version });
}

export async function insertRows(store: Store, rows: readonly RowFields[]): Promise<void> {
  await store.insert({
    table: `${PLACEMENT.database}.sessions`,
    columns: SESSION_COLUMNS.map(([name]) => name),
    lines: Buffer.from(rows.map((row) => `${rowLine(row)}\n`).join('')),
  });
}
