import type { Client } from '../../collector/model/client.ts';
import type { Incident } from '../../collector/model/incident.ts';
import { RequestReport } from '../../collector/model/request.ts';
import type { SessionSummary } from '../../collector/model/session.ts';
import { DELIVERY_COLUMNS, deliveryLine } from '../../collector/store/delivery-columns.ts';
import { SESSION_COLUMNS, type SessionAudience } from '../../collector/store/session-columns.ts';
import { sessionLine } from '../../collector/store/session-feed.ts';
import type { Store } from '../../collector/store/store.ts';
import { sourceOf } from '../correlate/support.ts';
import { BEGIN_MS, makeSummary } from '../exporters/sessions.ts';
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

export type LineFields = {
  readonly tenant?: string;
  readonly traceId: string;
  readonly beginMs?: number;
  readonly deviceId?: string;
  readonly uidHigh?: number;
  readonly uidLow?: number;
};

/** Rows of the unified log: lines of an edge that answered 200. */
export async function insertLines(store: Store, lines: readonly LineFields[]): Promise<void> {
  const texts = lines.map(
    ({ tenant = 'default', traceId, beginMs = BEGIN_MS, deviceId, uidHigh = 0, uidLow }, index) => {
      const report = new RequestReport();
      report.source = { ...sourceOf('edge', 'edge-a'), tenant };
      report.startMs = beginMs;
      report.status = 200;
      report.uidHigh = uidHigh;
      report.uidLow = uidLow ?? index;
      report.client = { ...(makeSummary().client as Client), deviceKey: deviceId ?? 'd-1' };
      return `${deliveryLine({ report, traceId, joinedBy: '' })}\n`;
    },
  );
  await store.insert({
    table: `${PLACEMENT.database}.deliveries`,
    columns: DELIVERY_COLUMNS.map(([name]) => name),
    lines: Buffer.from(texts.join('')),
  });
}
