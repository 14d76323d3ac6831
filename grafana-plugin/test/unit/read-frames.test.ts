import { type DataFrame, FieldType, toDataFrame } from '@grafana/data';
import { describe, expect, test } from 'vitest';
import { readFrames } from '../../src/frames/read-frames';
import { BEGIN_MS, recordedFrame, traceFrame } from '../frames';

describe('trace frames', () => {
  test('Tempo and Jaeger give the same spans', () => {
    const facts = (name: 'hls-failover2.tempo' | 'hls-failover2.jaeger') =>
      readFrames([recordedFrame(name)])
        .spans.map(({ spanId, parentSpanId, name: span, startMs, links, attributes }) => [
          spanId,
          parentSpanId,
          span,
          Math.round(startMs),
          links.length,
          attributes.get('cdn.name'),
          String(attributes.get('http.response.status_code') ?? ''),
        ])
        .sort();
    expect(facts('hls-failover2.tempo')).toEqual(facts('hls-failover2.jaeger'));
    expect(facts('hls-failover2.tempo').length).toBeGreaterThan(100);
  });

  test('the order of rows and the case of names mean nothing', () => {
    const frame = traceFrame([{ name: 'session', at: 0, ms: 10 }]);
    const renamed = {
      ...frame,
      fields: [...frame.fields].reverse().map((field) => ({ ...field, name: field.name.toUpperCase() })),
    };
    expect(readFrames([renamed]).spans).toMatchObject([{ name: 'session', startMs: BEGIN_MS, endMs: BEGIN_MS + 10 }]);
  });

  test.each([
    ['null', null],
    ['JSON text', '[{"key":"session.id","value":"x"}]'],
    ['not a list', { key: 'x' }],
    ['broken text', '[{'],
  ])('tags may be %s', (_, tags) => {
    const frame = traceFrame([{ name: 'edge', at: 0, ms: 1 }]);
    const field = frame.fields.find(({ name }) => name === 'tags')!;
    field.values = [tags];
    expect(readFrames([frame]).spans).toHaveLength(1);
  });

  test('rows without id or time are left out', () => {
    const frame = traceFrame([
      { name: 'edge', at: 0, ms: 1 },
      { name: 'edge', at: NaN, ms: 1 },
      { name: 'edge', id: '', at: 1, ms: 1 },
    ]);
    expect(readFrames([frame]).spans).toHaveLength(1);
  });

  test('trace ids that lost their leading zeros get them back', () => {
    const frame = traceFrame([{ name: 'edge', trace: 'abc', at: 0, ms: 1 }]);
    expect(readFrames([frame]).spans[0].traceId).toBe('0'.repeat(29) + 'abc');
  });

  test('log times in microseconds and milliseconds are the same time', () => {
    const frame = traceFrame([{ name: 'request', at: 0, ms: 1 }]);
    const log = (timestamp: number) => ({
      timestamp,
      name: 'exception',
      fields: [{ key: 'exception.message', value: 'x' }],
    });
    frame.fields.find(({ name }) => name === 'logs')!.values = [[log(BEGIN_MS), log(BEGIN_MS * 1000)]];
    expect(readFrames([frame]).spans[0].events.map(({ atMs }) => atMs)).toEqual([BEGIN_MS, BEGIN_MS]);
  });

  test('a partial trace is announced with the words of the data source', () => {
    const frame = traceFrame([{ name: 'edge', at: 0, ms: 1 }], { custom: { partial: true, message: 'too large' } });
    expect(readFrames([frame]).notes).toEqual([{ severity: 'warning', text: 'Partial trace: too large' }]);
  });
});

describe('searches', () => {
  const search = (): DataFrame =>
    toDataFrame({
      name: 'Spans',
      fields: [
        { name: 'traceIdHidden', type: FieldType.string, values: ['abc', 'abc'] },
        { name: 'spanID', type: FieldType.string, values: ['1', '2'] },
        { name: 'time', type: FieldType.time, values: [BEGIN_MS, BEGIN_MS + 1] },
        { name: 'name', type: FieldType.string, values: ['request', 'edge'] },
        { name: 'url.path', type: FieldType.string, values: ['/a', '/a'] },
        { name: 'span.cdn.name', type: FieldType.string, values: [null, 'edge-a'] },
        { name: 'duration', type: FieldType.number, values: [50e6, 40e6], config: { unit: 'ns' } },
      ],
    });

  test('attributes are columns, durations nanoseconds, and halves find each other by path and time', () => {
    expect(readFrames([search()]).spans).toMatchObject([
      { spanId: '1', endMs: BEGIN_MS + 50, parentSpanId: '' },
      { spanId: '2', parentSpanId: '1', endMs: BEGIN_MS + 41 },
    ]);
    expect(readFrames([search()]).spans[1].attributes.get('cdn.name')).toBe('edge-a');
  });

  test('frames inside a table of traces are read, and the reader is told that a search is not a trace', () => {
    const table = toDataFrame({
      name: 'Traces',
      fields: [{ name: 'nested', type: FieldType.nestedFrames, values: [[search()]] }],
    });
    const { spans, notes } = readFrames([table]);
    expect(spans).toHaveLength(2);
    expect(notes[0].text).toContain('search');
  });
});

describe('long tables', () => {
  const table = (fields: Record<string, unknown[]>) =>
    toDataFrame({ name: 'My table', fields: Object.entries(fields).map(([name, values]) => ({ name, values })) });

  test('known lanes become spans, others lanes of their own', () => {
    const { spans, rows } = readFrames([
      table({
        time: [BEGIN_MS, BEGIN_MS + 5000, new Date(BEGIN_MS).toISOString(), BEGIN_MS],
        timeEnd: [BEGIN_MS + 400, BEGIN_MS + 6000, null, null],
        duration: [null, null, 250, 10],
        lane: ['player', 'player', 'edge', 'encoder'],
        state: ['startup', 'stalled', '', 'restarting'],
        cdn: ['', '', 'fastly', ''],
        status: [null, null, 503, null],
      }),
    ]);
    expect(spans.map(({ name, startMs, endMs }) => [name, startMs - BEGIN_MS, endMs - startMs])).toEqual([
      ['startup', 0, 400],
      ['stall', 5000, 1000],
      ['edge', 0, 250],
    ]);
    expect(spans[2].attributes.get('cdn.name')).toBe('fastly');
    expect(rows).toMatchObject([{ lane: 'encoder', state: 'restarting', session: 'My table' }]);
  });
});

describe('wrong data says what is missing', () => {
  test.each<[string, DataFrame[], RegExp]>([
    ['nothing', [], /found no spans/],
    ['a trace without rows', [traceFrame([])], /found no spans/],
    ['a trace of something else', [traceFrame([{ name: 'GET /', at: 0, ms: 1 }])], /none of Playpath's.*GET \//],
    [
      'a table without spans',
      [toDataFrame({ fields: [{ name: 'level', values: ['info'] }] })],
      /traceID, spanID, operationName, startTime, duration are missing.*level/,
    ],
    [
      'numbers alone',
      [
        toDataFrame({
          fields: [
            { name: 'Time', type: FieldType.time, values: [1] },
            { name: 'Value', type: FieldType.number, values: [1] },
          ],
        }),
      ],
      /Add a query that returns a trace/,
    ],
  ])('%s', (_, frames, message) => expect(readFrames(frames).problem).toMatch(message));
});

test('series beside a trace become overlays without gaps', () => {
  const series = toDataFrame({
    fields: [
      { name: 'Time', type: FieldType.time, values: [1, 2, 3] },
      { name: 'errors', type: FieldType.number, values: [0.5, null, 1] },
    ],
  });
  const { overlays, problem } = readFrames([traceFrame([{ name: 'session', at: 0, ms: 1 }]), series]);
  expect(problem).toBeUndefined();
  expect(overlays).toMatchObject([
    {
      name: 'errors',
      points: [
        { atMs: 1, value: 0.5 },
        { atMs: 3, value: 1 },
      ],
    },
  ]);
});
