import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tempoTraceFrame } from '../../page/frames/tempo-trace.ts';
import type { WireFrame } from '../../page/frames/wire-frame.ts';
import { multiplied, stillPlaying, withoutLateSpansOf } from './frames/altered-trace.ts';
import { committedFrames, frameText, jaegerFrame } from './frames/committed-frames.ts';
import { spansOf } from './frames/otlp-spans.ts';
import { prometheusFrames } from './frames/prometheus-range.ts';
import { recordedTrace } from './frames/recorded-trace.ts';
import { traceqlSpansFrame, traceqlTracesFrame } from './frames/traceql-search.ts';

/** Doubles of what Grafana's data sources make of the collector's spans, applied to recorded sessions. */

const failover = recordedTrace('hls-failover2');

test('the frames of the panel tests are what the collector gives today', async () => {
  const folder = new URL('../fixtures/frames/', import.meta.url);
  const frames = await committedFrames();
  expect(readdirSync(folder).toSorted()).toEqual([...frames.keys()].toSorted());
  for (const [name, frame] of frames) {
    expect(
      readFileSync(new URL(name, folder), 'utf8') === frameText(frame),
      `${name} is out of date: run node test/grafana/frames/write-frames.ts`,
    ).toBe(true);
  }
});

test.each([
  ['Tempo', async () => tempoTraceFrame(await failover), 18],
  ['Jaeger', async () => jaegerFrame(await failover), 13],
])('%s: a row per span, a column per field', async (_, frame, columns) => {
  const { schema, data } = await frame();
  expect(schema.fields).toHaveLength(columns);
  expect(schema.meta).toMatchObject({ preferredVisualisationType: 'trace' });
  expect(data.values.map((column) => column.length)).toEqual(Array(columns).fill(spansOf(await failover).length));
});

test('Tempo and Jaeger agree on everything both tell', async () => {
  const tempo = rowsOf(tempoTraceFrame(await failover));
  const jaeger = new Map(rowsOf(jaegerFrame(await failover)).map((row) => [row.spanID, row]));
  for (const row of tempo) {
    const other = jaeger.get(row.spanID)!;
    expect([row.traceID, row.operationName, row.serviceName]).toEqual([
      other.traceID,
      other.operationName,
      other.serviceName,
    ]);
    expect(row.parentSpanID || null).toBe(other.parentSpanID);
    expect(Number(row.startTime)).toBeCloseTo(Number(other.startTime), 2);
    expect(Number(row.duration)).toBeCloseTo(Number(other.duration), 2);
    const tags = new Map((other.tags as Tag[]).map(({ key, value }) => [key, value]));
    for (const { key, value } of (row.tags ?? []) as Tag[]) expect(tags.get(key), key).toEqual(value);
  }
});

test('Tempo: what a column holds when there is nothing to hold', async () => {
  const rows = rowsOf(tempoTraceFrame(await failover));
  const session = rows.find(({ operationName }) => operationName === 'session')!;
  expect(session).toMatchObject({ parentSpanID: '', kind: 'internal', references: null, traceState: '' });
  const incident = rows.find(({ operationName }) => operationName === 'failover')!;
  expect((incident.references as unknown[]).length).toBeGreaterThan(0);
  // Lists arrive as JSON text.
  expect((session.tags as Tag[]).find(({ key }) => key === 'playpath.cdns')?.value).toBe('["edge-a","edge-b"]');
});

test('Tempo: a resource without attributes loses its spans, a partial trace says so', async () => {
  const { resourceSpans } = await failover;
  const [first, ...rest] = resourceSpans;
  const nameless = { ...first!, resource: { attributes: [] } };
  const frame = tempoTraceFrame({ resourceSpans: [nameless, ...rest] }, 'max bytes per trace');
  expect(rowsOf(frame)).toHaveLength(spansOf({ resourceSpans: rest }).length);
  expect(frame.schema.meta?.custom).toEqual({ partial: true, message: 'max bytes per trace' });
});

test('TraceQL: a column per selected attribute, and none of false, 0 and the empty text', async () => {
  const frame = traceqlSpansFrame(await failover, ['cdn.name', 'playpath.clock.offset']);
  expect(frame.schema.fields.map(({ name }) => name)).toEqual([
    'traceIdHidden',
    'traceService',
    'traceName',
    'spanID',
    'time',
    'name',
    'cdn.name',
    'playpath.clock.offset',
    'duration',
  ]);
  const edge = rowsOf(frame).find(({ name }) => name === 'edge')!;
  expect(edge).toMatchObject({ traceName: 'session', 'cdn.name': 'edge-a' });
  expect(Number(edge.duration)).toBeGreaterThan(100_000);
});

test('TraceQL: a table of traces holds three spans each, and says when it has no root', async () => {
  const live = stillPlaying(await failover, 30_000);
  const [row] = rowsOf(traceqlTracesFrame([live], []));
  expect(row).toMatchObject({ traceName: '<root span not yet received>' });
  expect(rowsOf((row!.nested as WireFrame[])[0]!)).toHaveLength(3);
});

test('Prometheus: a frame per series, named by its legend', () => {
  const matrix = {
    resultType: 'matrix',
    result: [
      {
        metric: { __name__: 'playpath_requests_total', cdn: 'edge-a' },
        values: [
          [1.5, '3'],
          [2.5, 'NaN'],
        ],
      },
    ],
  } as const;
  const [frame] = prometheusFrames(matrix, ({ cdn }) => `requests of ${cdn}`);
  expect(frame?.schema.fields[1]).toMatchObject({
    labels: { cdn: 'edge-a' },
    config: { displayNameFromDS: 'requests of edge-a' },
  });
  expect(frame?.data.values).toEqual([
    [1500, 2500],
    [3, Number.NaN],
  ]);
});

test('a session that still plays has no session span, a lost emitter none of its later spans', async () => {
  const live = spansOf(stillPlaying(await failover, 30_000));
  expect(live.length).toBeGreaterThan(20);
  expect(live.map(({ span }) => span.name)).not.toContain('session');
  const late = spansOf(withoutLateSpansOf(await failover, 'edge-b'));
  expect(late.length).toBeLessThan(spansOf(await failover).length);
});

test('a multiplied trace has as many spans as asked, all ids its own, all parents there', async () => {
  const spans = spansOf(multiplied(await failover, 10_000)).map(({ span }) => span);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  expect([spans.length, ids.size]).toEqual([10_000, 10_000]);
  const orphans = spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId));
  // The last copy is cut off where the count is reached.
  expect(orphans.length).toBeLessThan(10);
});

type Tag = { readonly key: string; readonly value: unknown };

function rowsOf({ schema, data }: WireFrame): Record<string, unknown>[] {
  const length = data.values[0]?.length ?? 0;
  return Array.from({ length }, (_, at) =>
    Object.fromEntries(schema.fields.map(({ name }, column) => [name, data.values[column]?.[at]])),
  );
}
