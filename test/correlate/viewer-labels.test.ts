import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { Correlator } from '../../collector/correlate/correlator.ts';
import { RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import type { CorrelatorOutput, SpanOutput } from '../../collector/model/output.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import type { ViewerDimensions } from '../../collector/model/session.ts';
import { testSettings } from '../support/recorded-events.ts';
import { report, sourceOf, T0 } from './support.ts';

/** A session's labels never change, so everything that arrives while it waits must be heard before they are used. */

const REORDER_MS = 5_000;
const HOOK = { player: 'hls.js', property: 'news', streamType: 'live' } as const;

function labelled() {
  const labels = new Map<string, ViewerDimensions[]>();
  const noting = new Proxy({} as CorrelatorOutput, {
    get:
      (_, name) =>
      (...[session, dimensions]: unknown[]) => {
        if (!isDimensions(dimensions)) return;
        const { sessionId } = session as { sessionId: string };
        labels.set(sessionId, [...(labels.get(sessionId) ?? []), dimensions]);
        return name;
      },
  });
  const spans = new Proxy({} as SpanOutput, { get: () => () => undefined });
  const settings = testSettings({ reorderMs: REORDER_MS, settleMs: 10_000 });
  const made = new Correlator(
    {
      settings,
      output: noting,
      spans,
      cdnHosts: new CdnHosts(),
      contents: new ContentMemory(),
      recent: new RecentDelivery(),
    },
    new Map([['default', 10_000]]),
  );
  let index = 0;
  const say = (atMs: number, arrivesMs: number, fields: Partial<PlayerEvent>): void => {
    passTo(arrivesMs);
    const source = sourceOf('player', 'player');
    const times = { tsMs: T0 + atMs, receivedMs: T0 + arrivesMs, seq: index++ };
    made.event({ kind: 'player', name: 'heartbeat', source, sid: 'one', ...times, ...fields }, T0 + arrivesMs);
  };
  let nowMs = 0;
  const passTo = (ms: number): void => {
    for (; nowMs <= ms; nowMs += 250) made.tick(T0 + nowMs);
  };
  return { made, say, passTo, labels };
}

test.each([
  ['before', -40],
  ['with', 0],
  ['after', 700],
] as const)(
  'a hook that was attached %s the first CMCD event and posts two seconds later names the player',
  (_, at) => {
    const { say, passTo, labels } = labelled();
    // Due just before a full second, so that nothing but its own time is given to it.
    say(0, 950, { name: 'state', state: 'starting' });
    say(at, 2_050, HOOK);
    passTo(20_000);
    const told = labels.get('one') ?? [];
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject(HOOK);
    expect(new Set(told).size).toBe(1);
  },
);

test('requests that settle first are labelled with what the player’s waiting events say', () => {
  const { made, say, passTo, labels } = labelled();
  made.report(report({ at: 0, cmcd: { sid: 'one' } }), 'one', false, T0 + 10);
  say(8_900, 9_000, HOOK);
  passTo(13_500);
  expect(labels.get('one')?.[0]).toMatchObject(HOOK);
});

test('requests that settle together are labelled with what any of them says', () => {
  const { made, passTo, labels } = labelled();
  made.report(report({ at: 0, objectType: 'manifest', cmcd: { sid: 'one' } }), 'one', false, T0 + 10);
  made.report(report({ at: 500, cmcd: { sid: 'one', streamType: 'vod' } }), 'one', false, T0 + 510);
  passTo(20_000);
  expect(labels.get('one')?.[0]).toMatchObject({ streamType: 'vod' });
});

test('what the first of a player’s events say goes before what its later ones say', () => {
  const { say, passTo, labels } = labelled();
  say(700, 720, { ...HOOK, player: 'shaka' });
  say(0, 900, HOOK);
  passTo(20_000);
  expect(labels.get('one')?.[0]).toMatchObject(HOOK);
});

test('labels that were used stay, whatever is learnt later', () => {
  const { say, passTo, labels } = labelled();
  say(0, 20, { name: 'state', state: 'starting' });
  say(9_000, 9_050, HOOK);
  passTo(20_000);
  const told = labels.get('one') ?? [];
  expect(told[0]).toMatchObject({ player: 'other', property: 'others' });
  expect(new Set(told).size).toBe(1);
});

function isDimensions(value: unknown): value is ViewerDimensions {
  return typeof value === 'object' && value !== null && 'property' in value && 'country' in value;
}
