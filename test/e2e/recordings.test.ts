import { readdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { type RecordingTruth, recordingTruth } from '../support/recording-truth.ts';
import { type ReadSpan, type ReplayOutput, recordingSources, replayOutput } from '../support/replay-output.ts';

/** The main job, judged on real traffic: recorded players behind real nginx CDNs, against an independent truth. */

const folder = new URL('../fixtures/recordings/', import.meta.url);
const runs = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

type Score = {
  run: string;
  edges: string;
  session: number;
  reports: string;
  request: number;
  misses: string;
  origin: number;
  wrong: number;
};
const scores: Score[] = [];

describe.each(runs)('%s', (run) => {
  const truth = recordingTruth(run);
  const replayed = replayOutput(recordingSources(run));

  test('edge lines carry the right session, player reports find their edge line, misses their origin line', async () => {
    const score = judge(run, truth, await replayed);
    scores.push(score);
    expect(score.wrong).toBe(0);
    expect(score.session).toBeGreaterThanOrEqual(0.995);
    expect(score.request).toBeGreaterThanOrEqual(0.99);
    expect(score.origin).toBeGreaterThanOrEqual(0.995);
  });

  test('every span has its parent in the trace, lies within it, and no id occurs twice', async () => {
    const { spans } = await replayed;
    const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
    expect(byId.size).toBe(spans.length);
    for (const span of spans) {
      expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);
      if (span.parentSpanId === '') {
        expect(span.name).toBe('session');
        continue;
      }
      const parent = byId.get(`${span.traceId} ${span.parentSpanId}`);
      expect(parent, `${span.name} ${span.spanId}`).toBeDefined();
      if (!parent || parent.name === 'session') continue;
      expect(span.startMs).toBeGreaterThanOrEqual(parent.startMs - 0.002);
      expect(span.endMs).toBeLessThanOrEqual(parent.endMs + 0.002);
    }
  });

  test('the order of files changes nothing', async () => {
    const again = await replayOutput(recordingSources(run).reverse());
    const { spans, sessions, metrics } = await replayed;
    expect(again.spans).toEqual(spans);
    expect(again.sessions).toEqual(sessions);
    expect(again.metrics).toEqual(metrics);
  });
});

test('the combined log of the same lines gives the same joins', async () => {
  const { spans } = await replayOutput(recordingSources('hls-failover2', 'log'));
  const score = judge('hls-failover2', recordingTruth('hls-failover2'), { spans } as ReplayOutput);
  expect(score).toMatchObject({ wrong: 0, session: 1, origin: 1 });
  expect(score.request).toBeGreaterThanOrEqual(0.95);
});

afterAll(() => {
  console.table(scores);
  if (process.env.UPDATE_SCORES)
    writeFileSync(new URL('../../docs/recordings.json', import.meta.url), `${JSON.stringify(scores, null, 2)}\n`);
});

function judge(run: string, truth: RecordingTruth, { spans }: Pick<ReplayOutput, 'spans'>): Score {
  const at = (tier: string, requestId: string, cdn?: string): ReadSpan | undefined =>
    spans.find(
      (span) =>
        span.name === tier &&
        span.attributes.get('cdn.request.id') === requestId &&
        (cdn === undefined || span.service === cdn),
    );
  const parentOf = (span: ReadSpan | undefined) =>
    spans.find(({ traceId, spanId }) => span?.traceId === traceId && span.parentSpanId === spanId);
  const named = truth.edges.filter(({ sid }) => sid !== '');
  const found = named.map((line) => ({ line, span: at('edge', line.requestId, line.cdn) }));
  const isRight = ({ line, span }: (typeof found)[number]) => span?.attributes.get('session.id') === line.sid;
  const reports = truth.reports.filter(({ sid, requestId }) => sid !== '' && requestId !== '');
  const joined = reports.filter(({ requestId, startMs, path }) => {
    const parent = parentOf(at('edge', requestId));
    return (
      parent?.name === 'request' && parent.attributes.get('url.path') === path && Math.abs(parent.startMs - startMs) < 5
    );
  });
  const misses = truth.edges.filter(({ cache, requestId }) => cache === 'MISS' && truth.originIds.has(requestId));
  const origins = misses.filter(({ requestId, cdn }) => {
    const edge = at('edge', requestId, cdn);
    return edge !== undefined && parentOf(at('origin', requestId)) === edge;
  });
  return {
    run,
    edges: `${found.filter(isRight).length}/${named.length}`,
    session: ratio(found.filter(isRight).length, named.length),
    reports: `${joined.length}/${reports.length}`,
    request: ratio(joined.length, reports.length),
    misses: `${origins.length}/${misses.length}`,
    origin: ratio(origins.length, misses.length),
    wrong: found.filter((pair) => pair.span !== undefined && !isRight(pair)).length,
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
