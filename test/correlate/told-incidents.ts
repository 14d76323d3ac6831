import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { Correlator } from '../../collector/correlate/correlator.ts';
import { RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import type { Incident } from '../../collector/model/incident.ts';
import type { CorrelatorOutput, SpanOutput } from '../../collector/model/output.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { testSettings } from '../support/recorded-events.ts';
import { sourceOf, T0 } from './support.ts';

export const SID = '0f6f9c1e-6c4c-4c57-9f0e-0a1b2c3d4e5f';

/** A correlator that puts what it tells into `incidents`; the latest source is 10 s late. */
export function correlatorTelling(incidents: Incident[], contents = new ContentMemory()): Correlator {
  const output = new Proxy({} as CorrelatorOutput, {
    get: (_, name) => (name === 'incident' ? (...told: unknown[]) => incidents.push(told[2] as Incident) : () => {}),
  });
  return new Correlator(
    {
      settings: testSettings({}),
      output,
      spans: new Proxy({} as SpanOutput, { get: () => () => undefined }),
      cdnHosts: new CdnHosts(),
      contents,
      recent: new RecentDelivery(),
    },
    new Map([['default', 10_000]]),
  );
}

/** What is told of one session; `contents` is what others said of what it plays. */
export function toldIncidents(
  events: readonly Partial<PlayerEvent>[],
  lines: readonly RequestReport[] = [],
  contents = new ContentMemory(),
): Incident[] {
  const incidents: Incident[] = [];
  const correlator = correlatorTelling(incidents, contents);
  for (const [seq, fields] of events.entries()) {
    const tsMs = fields.tsMs ?? T0;
    const event = { kind: 'player', name: 'heartbeat', source: sourceOf('player', 'player'), sid: SID, seq } as const;
    correlator.event({ ...event, tsMs, receivedMs: tsMs, ...fields }, tsMs);
  }
  for (const line of lines) correlator.report(line, SID, false, line.startMs + line.durationMs);
  Array.from(correlator.drain('shutdown'));
  return incidents;
}
