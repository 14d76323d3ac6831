import { expect, test } from 'vitest';
import type { AudienceCounts } from '../../collector/model/audience.ts';
import type { SessionSummary } from '../../collector/model/session.ts';
import { Catalogue } from '../../collector/store/catalogue.ts';
import { SESSION_COLUMNS } from '../../collector/store/session-columns.ts';
import { SessionFeed } from '../../collector/store/session-feed.ts';
import { BEGIN_MS, makeSummary } from '../exporters/sessions.ts';

const NAMES = SESSION_COLUMNS.map(([name]) => name);
const NOW_MS = BEGIN_MS + 120_000;

function feedOf({ maxSessions = 10, liveMs = 15_000, catalogue = new Catalogue() } = {}) {
  const rows: Record<string, unknown>[] = [];
  const add = (line: string) => {
    const cells = JSON.parse(line) as unknown[];
    rows.push(Object.fromEntries(NAMES.map((name, index) => [name, cells[index]])));
    return 'queued' as const;
  };
  return { rows, feed: new SessionFeed({ add, window: 'rolling', maxSessions, liveMs, catalogue }) };
}

const counts = (fields: Partial<AudienceCounts>): AudienceCounts => ({
  platformClass: 'player_full',
  window: 'rolling',
  starts: 0,
  streams: 0,
  downloads: 0,
  devices: 0,
  consumptionSeconds: 0,
  ...fields,
});
const live = (fields: Partial<SessionSummary> = {}) => makeSummary({ cut: 'live', ...fields });

test('adds up what the audience rules say of one session', () => {
  const { rows, feed } = feedOf();
  const summary = makeSummary();
  feed.audience(summary, counts({ starts: 1, consumptionSeconds: 4 }));
  feed.audience(makeSummary({ traceId: 'b'.repeat(32) }), counts({ starts: 1 }));
  feed.audience(summary, counts({ streams: 1, consumptionSeconds: 6 }));
  feed.closed(summary, [], NOW_MS);
  expect(rows).toMatchObject([{ starts: 1, streams: 1, consumption_seconds: 10, platform_class: 'player_full' }]);
});

test('what is not knowable stays null whatever is added', () => {
  const { rows, feed } = feedOf();
  const summary = makeSummary();
  feed.audience(summary, counts({ platformClass: 'external_video', starts: 1, streams: Number.NaN }));
  feed.audience(summary, counts({ platformClass: 'external_video', starts: 0 }));
  feed.closed(summary, [], NOW_MS);
  expect(rows).toMatchObject([{ starts: 1, streams: null }]);
});

test('writes an open session every so often, with its begin frozen and versions that rise', () => {
  const { rows, feed } = feedOf();
  feed.live(live(), [], NOW_MS);
  feed.live(live({ beginMs: BEGIN_MS - 5_000 }), [], NOW_MS + 14_999);
  feed.live(live({ beginMs: BEGIN_MS - 5_000 }), [], NOW_MS + 15_000);
  feed.closed(makeSummary({ beginMs: BEGIN_MS - 5_000 }), [], NOW_MS + 15_000);
  expect(rows.map(({ is_open, started_at, version }) => [is_open, started_at, version])).toEqual([
    [true, BEGIN_MS, NOW_MS],
    [true, BEGIN_MS, NOW_MS + 15_000],
    [false, BEGIN_MS, NOW_MS + 15_001],
  ]);
});

test('a session begins when its first event says so, whatever is learnt of it later', () => {
  const { rows, feed } = feedOf();
  feed.started(makeSummary(), BEGIN_MS - 1_000);
  feed.started(makeSummary(), BEGIN_MS + 1_000);
  feed.live(live({ beginMs: BEGIN_MS - 5_000 }), [], NOW_MS);
  feed.closed(makeSummary(), [], NOW_MS);
  expect(rows.map(({ started_at }) => started_at)).toEqual([BEGIN_MS - 1_000, BEGIN_MS - 1_000]);
});

test('a session for which there is no room is written once, when it is over', () => {
  const { rows, feed } = feedOf({ maxSessions: 1 });
  feed.live(live(), [], NOW_MS);
  feed.live(live({ traceId: 'b'.repeat(32) }), [], NOW_MS);
  feed.closed(makeSummary({ traceId: 'b'.repeat(32) }), [], NOW_MS);
  expect(rows.map(({ trace_id, is_open }) => [trace_id, is_open])).toEqual([
    [makeSummary().traceId, true],
    ['b'.repeat(32), false],
  ]);
});

test('a robot stays one whatever else is left out of it', () => {
  const { rows, feed } = feedOf();
  const summary = makeSummary();
  feed.excluded(summary, 'validation');
  feed.excluded(summary, 'bot');
  feed.excluded(summary, 'status');
  feed.closed(summary, [], NOW_MS);
  expect(rows).toMatchObject([{ excluded: 'bot', is_bot: true }]);
});

test.each([Number.NaN, 0, Date.UTC(2200, 0)])('a session that began at %s has no row, and is counted', (beginMs) => {
  const { rows, feed } = feedOf();
  feed.closed(makeSummary({ beginMs }), [], NOW_MS);
  expect(rows).toEqual([]);
  expect(feed.untimedRows).toBe(1);
});
