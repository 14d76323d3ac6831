import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { Correlator } from '../../collector/correlate/correlator.ts';
import { RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import type { Incident } from '../../collector/model/incident.ts';
import type { CorrelatorOutput, SpanOutput } from '../../collector/model/output.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import type { SessionSummary } from '../../collector/model/session.ts';
import { report } from './support.ts';

// Requests are used again for the next session once nobody looks at them. What a playback still waits on is not.

const SEGMENT_MS = 4_000;

/** What a viewer fetches: every fifth segment takes longer than it plays, so that it is under way when others settle. */
function viewing(name: string, seed: number): { readonly sid: string; readonly report: RequestReport }[] {
  return Array.from({ length: 40 }, (_, i) => ({
    sid: name,
    report: report({
      at: i * SEGMENT_MS + seed * 100,
      durationMs: i % 5 === seed % 5 ? 7_000 : 300,
      bodyBytes: 100_000 * (1 + (seed % 3)),
      path: `/${name}/seg_${i}.m4s`,
      uidHigh: seed,
      uidLow: i,
      cmcd: { sid: name, objectDurationMs: SEGMENT_MS, bitrateKbps: 500 * (1 + seed) },
    }),
  }));
}

function told(lines: ReturnType<typeof viewing>): Map<string, unknown> {
  const closed = new Map<string, unknown>();
  const output = new Proxy({} as CorrelatorOutput, {
    get: (_, name) => (summary: SessionSummary, incidents: readonly Incident[]) => {
      if (name !== 'sessionClosed') return;
      // Why something happened, others may tell; what happened, nobody else.
      const happened = incidents.map(({ kind, beginMs, endMs }) => ({ kind, beginMs, endMs }));
      closed.set(summary.sessionId, structuredClone({ ...summary, happened }));
    },
  });
  const correlator = new Correlator(
    {
      settings: {
        recorder: { detail: 'recorder', healthySample: 0, paddingMs: 30_000, spanBudget: 2_000, gridMs: 300_000 },
        settleMs: 10_000,
        reorderMs: 1_000,
        idleCloseMs: 60_000,
        pausedCloseMs: 600_000,
        heartbeatMs: 10_000,
        missedHeartbeats: 3,
        maxSessions: 100,
        maxRows: 10_000,
        maxEventsPerSession: 1_000,
      },
      output,
      spans: new Proxy({} as SpanOutput, { get: () => () => {} }),
      cdnHosts: new CdnHosts(),
      contents: new ContentMemory(),
      recent: new RecentDelivery(),
    },
    new Map([['default', 10_000]]),
  );
  for (const { sid, report: line } of lines.toSorted((a, b) => a.report.startMs - b.report.startMs)) {
    const nowMs = line.startMs + line.durationMs;
    correlator.report(line, sid, false, nowMs);
    correlator.tick(nowMs);
  }
  Array.from(correlator.drain('shutdown'));
  return closed;
}

test('what is told of a session does not depend on who else is watching', () => {
  const viewers = Array.from({ length: 12 }, (_, seed) => viewing(`viewer-${'abcdefghijkl'[seed]}`, seed));
  const together = told(viewers.flat());
  for (const lines of viewers) {
    const sid = lines[0]!.sid;
    expect(together.get(sid)).toEqual(told(lines).get(sid));
  }
  expect(together.get('viewer-a')).toMatchObject({ requests: 40, visibility: 'server' });
});
