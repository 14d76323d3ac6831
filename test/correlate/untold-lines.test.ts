import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import type { Client } from '../../collector/model/client.ts';
import type { CorrelatorOutput, SpanOutput } from '../../collector/model/output.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import type { SessionSummary } from '../../collector/model/session.ts';
import { Pipeline } from '../../collector/pipeline.ts';
import { testSettings } from '../support/recorded-events.ts';
import { report, T0 } from './support.ts';
import { SID } from './told-incidents.ts';

const client = { deviceKey: 'd1' } as Client;
const line = (path: string, at: number, fields = {}) => {
  const objectType = path.endsWith('.m3u8') ? ('manifest' as const) : ('video' as const);
  return report({ path, at, objectType, client, ...fields });
};
/** What a player tells of a segment it got; nothing goes with its requests. */
const told = (path: string, at: number) =>
  report({ path, at, tier: 'player', client, cmcd: { sid: SID, event: 'rr' }, receivedMs: T0 + at + 100 });

/** How many requests each session has, by what its id begins with. */
function requestsBySession(reports: readonly RequestReport[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const output = new Proxy({} as CorrelatorOutput, {
    get: (_, name) =>
      name !== 'sessionClosed'
        ? () => {}
        : ({ sessionId, requests }: SessionSummary) => {
            counts[sessionId.startsWith('device:') ? 'device' : sessionId] = requests;
          },
  });
  const pipeline = new Pipeline(
    reports.map(({ source }) => source),
    {
      settings: testSettings({}),
      output,
      spans: new Proxy({} as SpanOutput, { get: () => () => undefined }),
      cdnHosts: new CdnHosts(),
      contents: new ContentMemory(),
    },
  );
  for (const each of reports) pipeline.accept(each, each.startMs + 200);
  pipeline.flush('shutdown', T0 + 60_000);
  return counts;
}

const segments = [0, 1, 2].map((n) => `/m/hls/v1/seg_${n}.m4s`);
const watched = [
  line('/m/hls/master.m3u8', 0),
  line('/m/hls/v1/index.m3u8', 100),
  ...segments.flatMap((path, n) => [line(path, 200 + n * 4_000), told(path, 200 + n * 4_000)]),
];

test('playlists of which a player tells nothing are those of the session that it tells of the segments', () => {
  expect(requestsBySession(watched)).toEqual({ [SID]: 5 });
});

test('those of another content, or of a viewer who tells nothing at all, are not', () => {
  expect(requestsBySession([...watched, line('/n/hls/master.m3u8', 300)])).toEqual({ [SID]: 5, device: 1 });
  const other = { client: { deviceKey: 'd2' } as Client };
  const silent = [line('/m/hls/master.m3u8', 300, other), line('/m/hls/v1/seg_0.m4s', 400, other)];
  expect(requestsBySession([...watched, ...silent])).toEqual({ [SID]: 5, device: 2 });
});
