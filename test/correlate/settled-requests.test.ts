import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { Evidence } from '../../collector/correlate/incidents/evidence.ts';
import type { IncidentDraft } from '../../collector/correlate/incidents/incident-draft.ts';
import { RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import { LoneRequest } from '../../collector/correlate/join/lone-request.ts';
import { RowStore } from '../../collector/correlate/rows/row-store.ts';
import { SettledRequests } from '../../collector/correlate/rows/settled-requests.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { edgeRequest, report, T0 } from './support.ts';

const MINUTE_MS = 60_000;
const session = { tenant: 'default', sessionId: 'sid-1', traceId: 'a'.repeat(32), isInferred: false };

/** A request whose row the caller lets go of, as settling does once everybody has been told. */
function settled(rows: RowStore, told: RequestReport): LoneRequest {
  const row = rows.append(told);
  const request = new LoneRequest(rows.report(row, session.sessionId));
  request.fill(row, session.traceId);
  return request;
}

function evidence() {
  const rows = new RowStore();
  const requests = new SettledRequests(rows);
  const kept = new Evidence(session, { requests, contents: new ContentMemory(), recent: new RecentDelivery() });
  const add = (at: number): LoneRequest => {
    const request = settled(rows, report({ at, durationMs: 1_000, path: `/v/${at}.m4s`, cmcd: { sid: 'sid-1' } }));
    kept.add(request);
    rows.free(request.row);
    return request;
  };
  const around = (at: number) => {
    const draft: IncidentDraft = { kind: 'stall', beginMs: T0 + at, endMs: T0 + at + 1_000 };
    return kept.around(draft, '').requests;
  };
  return { rows, kept, add, around };
}

test('a request that is kept is read again as it was, by whoever asks', () => {
  const rows = new RowStore();
  const requests = new SettledRequests(rows);
  const request = settled(rows, report({ at: 5, status: 503, cmcd: { sid: 'sid-1', bufferMs: 400 } }));
  const kept = requests.keep(request);
  rows.free(request.row);
  rows.append(report({ at: 9 }));
  const expected = { startMs: T0 + 5, status: 503, spanId: request.spanId, edge: request.edge };
  expect(requests.read(kept, session)).toMatchObject(expected);
  expect(requests.look(kept, session)).toMatchObject(expected);
  expect([requests.startMs(kept), requests.endMs(kept)]).toEqual([request.startMs, request.endMs]);
});

test('a request that several halves told of is kept itself', () => {
  const requests = new SettledRequests(new RowStore());
  const request = edgeRequest({ at: 1 });
  const kept = requests.keep(request);
  expect(requests.read(kept, session)).toBe(request);
  expect(requests.look(kept, session)).toBe(request);
  requests.letGo(kept);
});

test('a row is free when the last who kept it lets go', () => {
  const rows = new RowStore();
  const requests = new SettledRequests(rows);
  const request = settled(rows, report({ at: 1 }));
  const [first, second] = [requests.keep(request), requests.keep(request)];
  rows.free(request.row);
  requests.letGo(first);
  expect(rows.size).toBe(1);
  requests.letGo(second);
  expect(rows.size).toBe(0);
});

test('the span id of what is looked at next is its own', () => {
  const rows = new RowStore();
  const requests = new SettledRequests(rows);
  const [one, two] = [1, 2].map((uidLow) => settled(rows, report({ at: uidLow, uidLow })));
  const ids = [one!, two!].map((request) => requests.look(requests.keep(request), session).spanId);
  expect(ids).toEqual([one!.spanId, two!.spanId]);
  expect(ids[0]).not.toBe(ids[1]);
});

test('a request too old to explain anything is let go of', () => {
  const { rows, kept, add, around } = evidence();
  add(0);
  add(3 * MINUTE_MS);
  kept.trim(T0 + 4 * MINUTE_MS, Number.POSITIVE_INFINITY);
  expect(rows.size).toBe(1);
  expect(around(3 * MINUTE_MS).map(({ path }) => path)).toEqual([`/v/${3 * MINUTE_MS}.m4s`]);
});

test('what a timeline still waits on is kept, however long ago it was', () => {
  const { rows, kept, add, around } = evidence();
  const awaited = add(0);
  kept.trim(T0 + 4 * MINUTE_MS, awaited.endMs);
  expect(around(0)).toHaveLength(1);
  kept.clear();
  expect(rows.size).toBe(0);
});

test('of too many at once the oldest are let go of', () => {
  const { rows, add } = evidence();
  for (let i = 0; i < 600; i++) add(i);
  expect(rows.size).toBe(512);
});
