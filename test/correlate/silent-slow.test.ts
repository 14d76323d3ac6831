import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { edgeRequest, report, T0 } from './support.ts';
import { SID, toldIncidents } from './told-incidents.ts';

const cmcd = { sid: SID };
const path = (i: number) => `/vod/title-1/v1/seg_${i}.m4s`;
/** No line says how long its segment is. */
const lines = [0, 4_000, 8_000, 15_000].map((at, i) =>
  report({ at, path: path(i), durationMs: i === 2 ? 6_500 : 900, cmcd }),
);

function silentOf(contents: ContentMemory) {
  return toldIncidents([], lines, contents)
    .filter(({ kind }) => kind === 'silent_failure')
    .map(({ silent, beginMs }) => [silent?.kind, beginMs - T0]);
}

test('a segment that came slower than others say it plays is a silent failure', () => {
  const contents = new ContentMemory();
  contents.learn('default', edgeRequest({ path: path(1), cmcd: { objectDurationMs: 4_000, bitrateKbps: 1_000 } }));
  expect(silentOf(contents)).toEqual([['slow', 8_000]]);
});

test('nobody knows whether it was slow while nobody says how long it plays', () => {
  expect(silentOf(new ContentMemory())).toEqual([]);
});
