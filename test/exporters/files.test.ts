import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OutputFile } from '../../collector/exporters/output-file.ts';
import { sessionToJson } from '../../collector/exporters/session-json.ts';
import { TracesFile } from '../../collector/exporters/traces-file.ts';
import type { Span } from '../../collector/model/span.ts';
import { ExportRequest } from './otlp-proto.ts';
import { makeIncident, makeSummary } from './sessions.ts';
import { makeSpan, VERSION } from './spans.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playpath-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

function writeTraces(path: string, spans: Iterable<Span>): void {
  const file = new TracesFile(path, VERSION);
  for (const span of spans) file.add(span);
  file.commit();
}

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
    writeTraces(path, spans);
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
    writeTraces(path, spans);
    expect(await readFile(path)).toEqual(first);
  });

test('writes sessions a line each, with nulls for what is not known', async () => {
  const path = join(folder, 'sessions.jsonl');
  const summary = makeSummary({ outcome: 'start_failure', client: null });
  const failed = { ...summary, qoe: { ...summary.qoe, startupMs: Number.NaN } };
  const late = makeIncident({ kind: 'failover', beginMs: summary.beginMs + 30_000 });
  const file = new OutputFile(path);
  file.writeLine(JSON.stringify(sessionToJson(failed, [late, makeIncident()])));
  file.writeLine(JSON.stringify(sessionToJson(makeSummary(), [])));
  file.commit();
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
  const traces = new TracesFile(path, VERSION);
  for (let index = 0; index < 1_001; index++) traces.add(makeSpan());
  traces.close();
  expect(await readdir(folder)).toEqual(['traces.otlp.jsonl.part']);
  const file = new OutputFile(join(folder, 'metrics.prom'));
  file.write('playpath_x_total 1\n');
  file.commit();
  file.close();
  expect(await readFile(join(folder, 'metrics.prom'), 'utf8')).toBe('playpath_x_total 1\n');
});

test('a file longer than one write keeps every character', async () => {
  const path = join(folder, 'sessions.jsonl');
  const written = Array.from({ length: 3_000 }, (_, index) => `${index} ${'é'.repeat(500)}`);
  const file = new OutputFile(path);
  for (const line of written) file.writeLine(line);
  file.commit();
  expect(await lines(path)).toEqual(written);
});
