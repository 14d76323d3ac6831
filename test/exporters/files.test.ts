import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeMetrics, writeSessions, writeTraces } from '../../collector/exporters/files.ts';
import { sessionToJson } from '../../collector/exporters/session-json.ts';
import { ExportRequest } from './otlp-proto.ts';
import { makeIncident, makeSummary } from './sessions.ts';
import { makeSpan, VERSION } from './spans.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playpath-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function lines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

for (const [count, expected] of [
  [0, []],
  [1, [1]],
  [1000, [1000]],
  [1001, [1000, 1]],
  [2500, [1000, 1000, 500]],
] as const)
  test(`${count} spans become lines of ${JSON.stringify(expected)}, each an OTLP request, none lost`, async () => {
    const path = join(folder, 'traces.otlp.jsonl');
    const spans = Array.from({ length: count }, (_, index) =>
      makeSpan({
        spanId: index.toString(16).padStart(16, '0'),
        service: index % 2 === 0 ? 'player' : 'edge-a',
        attributes: [['media.content.title', `line\nbreak "${index}" \u2028 \ud800 ${'x'.repeat(600)}`]],
      }),
    );
    await writeTraces(path, spans, VERSION);
    const ids = (await lines(path)).map((line) => {
      const request = JSON.parse(line);
      expect(ExportRequest.verify(ExportRequest.fromObject(request))).toBeNull();
      return request.resourceSpans.flatMap((group: { scopeSpans: { spans: { spanId: string }[] }[] }) =>
        group.scopeSpans.flatMap((scope) => scope.spans.map((span) => span.spanId)),
      );
    });
    expect(ids.map((group) => group.length)).toEqual(expected);
    expect(ids.flat().sort()).toEqual(spans.map((span) => span.spanId));
    const first = await readFile(path);
    await writeTraces(path, spans, VERSION);
    expect(await readFile(path)).toEqual(first);
  });

test('writes sessions a line each, with nulls for what is not known', async () => {
  const path = join(folder, 'sessions.jsonl');
  const summary = makeSummary({ outcome: 'start_failure', client: null });
  const failed = { ...summary, qoe: { ...summary.qoe, startupMs: Number.NaN } };
  const late = makeIncident({ kind: 'failover', beginMs: summary.beginMs + 30_000 });
  await writeSessions(path, [sessionToJson(failed, [late, makeIncident()]), sessionToJson(makeSummary(), [])]);
  const [first, second] = (await lines(path)).map((line) => JSON.parse(line));
  expect(first).toMatchObject({
    outcome: 'start_failure',
    client: null,
    clockOffsetSeconds: null,
    previousTraceId: null,
    qoe: { startupMs: null, playingMs: 58_000 },
    incidents: [{ kind: 'stall', verdict: 'edge_error', evidence: ['eee19b7ec3c1b174'] }, { kind: 'failover' }],
  });
  expect(Object.keys(first.joins)).toEqual(['request_id', 'sid+url+order']);
  expect(second).toMatchObject({ qoe: { startupMs: 812.3 }, client: { network: '192.0.2.0/24' }, incidents: [] });
  expect(JSON.stringify(second)).not.toContain('0123456789abcdef');
});

test('leaves no half-written file under the final name', async () => {
  const path = join(folder, 'traces.otlp.jsonl');
  const failing = (function* () {
    yield makeSpan();
    throw new Error('interrupted');
  })();
  await expect(writeTraces(path, failing, VERSION)).rejects.toThrow('interrupted');
  expect(await readdir(folder)).not.toContain('traces.otlp.jsonl');
  await writeMetrics(join(folder, 'metrics.prom'), 'playpath_x_total 1\n');
  expect(await readFile(join(folder, 'metrics.prom'), 'utf8')).toBe('playpath_x_total 1\n');
});
