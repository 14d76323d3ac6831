import { expect, test } from 'vitest';
import { CdnHosts } from '../../collector/correlate/cdn-hosts.ts';
import { ContentMemory } from '../../collector/correlate/content-memory.ts';
import { Correlator } from '../../collector/correlate/correlator.ts';
import { RecentDelivery } from '../../collector/correlate/recent-delivery.ts';
import type { Incident } from '../../collector/model/incident.ts';
import type { CorrelatorOutput, SpanOutput } from '../../collector/model/output.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { testSettings } from '../support/recorded-events.ts';
import { report, sourceOf, T0 } from './support.ts';

const SID = '0f6f9c1e-6c4c-4c57-9f0e-0a1b2c3d4e5f';

/** The kinds of failure that are told of one session. */
function failuresOf(events: readonly Partial<PlayerEvent>[], lines: readonly RequestReport[] = []): string[] {
  const incidents: Incident[] = [];
  const output = new Proxy({} as CorrelatorOutput, {
    get: (_, name) => (name === 'incident' ? (...told: unknown[]) => incidents.push(told[2] as Incident) : () => {}),
  });
  const correlator = new Correlator(
    {
      settings: testSettings({}),
      output,
      spans: new Proxy({} as SpanOutput, { get: () => () => undefined }),
      cdnHosts: new CdnHosts(),
      contents: new ContentMemory(),
      recent: new RecentDelivery(),
    },
    new Map([['default', 10_000]]),
  );
  for (const [seq, fields] of events.entries()) {
    const tsMs = fields.tsMs ?? T0;
    const event = { kind: 'player', name: 'heartbeat', source: sourceOf('player', 'player'), sid: SID, seq } as const;
    correlator.event({ ...event, tsMs, receivedMs: tsMs, ...fields }, tsMs);
  }
  for (const line of lines) correlator.report(line, SID, false, line.startMs + line.durationMs);
  Array.from(correlator.drain('shutdown'));
  return incidents.map(({ kind }) => kind).filter((kind) => kind.endsWith('_failure') && kind !== 'silent_failure');
}

const fatal = { name: 'error', isFatal: true, tsMs: T0 + 30_000, errorCode: 'fragLoadError' } as const;

test('who played broke off, though the post that told of the start was lost', () => {
  expect(failuresOf([{ name: 'state', state: 'playing', tsMs: T0 }, fatal])).toEqual(['playback_failure']);
});

test('who never played never started', () => {
  expect(failuresOf([{ name: 'state', state: 'starting', tsMs: T0 }, fatal])).toEqual(['startup_failure']);
});

test('a player that never says its state broke off when its requests show that it had begun', () => {
  const error = { name: 'error', tsMs: T0 + 21_000 } as const;
  const segment = (i: number) =>
    report({ at: i * 4_000, path: `/v/seg_${i}.m4s`, durationMs: 300, cmcd: { sid: SID, objectDurationMs: 4_000 } });
  const refused = report({
    at: 20_000,
    path: '/v/seg_5.m4s',
    status: 503,
    cmcd: { sid: SID, objectDurationMs: 4_000 },
  });
  expect(failuresOf([error], [refused])).toEqual(['startup_failure']);
  expect(failuresOf([error], [0, 1, 2, 3, 4].map(segment).concat(refused))).toEqual(['playback_failure']);
});
