import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { Event } from '../../collector/model/event.ts';
import { spansOfJson } from '../../collector/receivers/otlp-json.ts';
import { emitSpan } from '../../collector/receivers/otlp-spans.ts';
import type { PlayerDelivery } from '../../collector/receivers/player-delivery.ts';
import { encode, logsRequest, logsResponse, traceRequest, traceResponse } from './otlp-proto.ts';
import { startServer } from './server.ts';
import { lineSource, NOW, source, TestFieldsDecoder, testClients, testUrls } from './support.ts';

type Started = Awaited<ReturnType<typeof startServer>>;
type Value = string | number | boolean;
const open: Started[] = [];
afterEach(async () => {
  for (const { server } of open.splice(0)) await server.close();
});

async function start(...options: Parameters<typeof startServer>): Promise<Started> {
  const started = await startServer(...options);
  open.push(started);
  return started;
}

const TRACE = 'c485fb8b06c34872846419285eee9ce9';
const SPAN = '946627d39be4471c';
const nanos = (ms: number): string => `${ms}000000`;
const attributes = (values: Readonly<Record<string, Value>>) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : { doubleValue: value },
  }));

type SpanFields = {
  name?: string;
  attributes?: Readonly<Record<string, Value>>;
  resource?: Readonly<Record<string, Value>>;
  events?: readonly { name: string; at: number; attributes?: Readonly<Record<string, Value>> }[];
  from?: number;
  to?: number;
  error?: string;
  traceId?: string;
};

function traces(...spans: readonly SpanFields[]): object {
  return {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: attributes(span.resource ?? {}) },
      scopeSpans: [
        {
          spans: [
            {
              traceId: span.traceId ?? TRACE,
              spanId: SPAN,
              name: span.name ?? 'GET',
              kind: 3,
              startTimeUnixNano: nanos(span.from ?? NOW),
              endTimeUnixNano: nanos(span.to ?? NOW + 1500),
              attributes: attributes(span.attributes ?? {}),
              events: (span.events ?? []).map((event) => ({
                name: event.name,
                timeUnixNano: nanos(event.at),
                attributes: attributes(event.attributes ?? {}),
              })),
              status: span.error === undefined ? { code: 0 } : { code: 2, message: span.error },
            },
          ],
        },
      ],
    })),
  };
}

function read(span: SpanFields): { outcome: string; events: Event[] } {
  const delivery: PlayerDelivery = {
    source: source('player'),
    receivedMs: NOW + 5000,
    client: testClients.lookup('192.0.2.7', 'ua'),
    urls: testUrls,
  };
  const events: Event[] = [];
  const [batch] = spansOfJson(traces(span)) ?? [];
  const [record] = batch?.records ?? [];
  if (batch === undefined || record === undefined) throw new Error('one span');
  return { outcome: emitSpan(record, batch.resource, delivery, (event) => events.push(event)), events };
}

/** What a span says, as `name state @ms after its begin`. */
function said(span: SpanFields): string[] {
  const { outcome, events } = read(span);
  expect(outcome).toBe('');
  return events.map((event) =>
    event.kind === 'player' ? `${event.name}${event.state ? ` ${event.state}` : ''} @${event.tsMs - NOW}` : 'request',
  );
}

describe('HTTP spans of media are requests', () => {
  const url =
    'https://edge-a.example/hls/v3/seg_008.m4s?CMCD=br%3D2820%2Cot%3Dv%2Csid%3D%22s1%22&rid=aaaaaaaaaaaaaaaa&token=s3cret';
  const report = (span: SpanFields) => {
    const { outcome, events } = read(span);
    expect([outcome, events.length]).toEqual(['', 1]);
    const [event] = events;
    if (event?.kind !== 'request') throw new Error('a request');
    return event;
  };

  test('stable semantic conventions', () => {
    const half = report({
      attributes: {
        'url.full': url,
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'http.response.body.size': 512_345,
        'session.id': 'page-session',
        'cdn.name': 'cdn-a',
        'http.response.header.x-request-id': 'edge-request-1',
      },
      events: [{ name: 'responseStart', at: NOW + 40 }],
    });
    expect(half).toMatchObject({
      startMs: NOW,
      durationMs: 1500,
      ttfbMs: 40,
      method: 'GET',
      host: 'edge-a.example',
      path: '/hls/v3/seg_008.m4s',
      objectType: 'video',
      status: 200,
      bodyBytes: 512_345,
      traceId: TRACE,
      spanId: SPAN,
      sessionId: 'page-session',
      requestId: 'edge-request-1',
      rid: 'aaaaaaaaaaaaaaaa',
      isComplete: true,
      receivedMs: NOW + 5000,
    });
    expect(half.cmcd).toMatchObject({ sid: 's1', bitrateKbps: 2820, cdn: 'cdn-a' });
    expect(half.query).not.toContain('s3cret');
    expect(half.uidHigh | half.uidLow).not.toBe(0);
  });

  test('the names before they were stable', () => {
    const old = { 'http.url': url, 'http.method': 'get', 'http.status_code': 404, 'http.response_content_length': 12 };
    expect(report({ attributes: old })).toMatchObject({ method: 'GET', status: 404, bodyBytes: 12, isComplete: true });
  });

  for (const [name, span, errorType] of [
    ['timeout', { events: [{ name: 'timeout', at: NOW }] }, 'timeout'],
    ['abort', { events: [{ name: 'abort', at: NOW }] }, 'client_abort'],
    ['AbortError', { attributes: { 'error.type': 'AbortError' } }, 'client_abort'],
    ['error', { events: [{ name: 'error', at: NOW }] }, 'no_response'],
    ['no status', {}, 'no_response'],
  ] as const) {
    test(`${name} is ${errorType}`, () => {
      const fields: SpanFields = {
        ...span,
        attributes: { 'url.full': url, ...('attributes' in span ? span.attributes : {}) },
      };
      expect(report(fields)).toMatchObject({ status: Number.NaN, errorType, isComplete: false });
    });
  }

  test('the session is media.session.id, else session.id, else the resource’s, else found by the trace', () => {
    const all = { 'url.full': url, 'media.session.id': 'a', 'session.id': 'b' };
    expect(report({ attributes: all, resource: { 'session.id': 'c' } }).sessionId).toBe('a');
    expect(
      report({ attributes: { 'url.full': url, 'session.id': 'b' }, resource: { 'session.id': 'c' } }).sessionId,
    ).toBe('b');
    expect(report({ attributes: { 'url.full': url }, resource: { 'session.id': 'c' } }).sessionId).toBe('c');
    expect(report({ attributes: { 'url.full': url } })).toMatchObject({ sessionId: '', traceId: TRACE });
  });

  for (const other of [
    'http://127.0.0.1:18091/cmcd',
    'https://x.example/steering.json?_HLS_pathway=a',
    'https://x.example/font.woff2',
    'not a url',
  ]) {
    test(`${other} is not playback`, () =>
      expect(read({ attributes: { 'url.full': other } }).outcome).toBe('not_playback'));
  }

  test('media by its attribute, whatever its path', () => {
    expect(
      report({ attributes: { 'url.full': 'https://x.example/blob/17', 'media.object.type': 'audio' } }).objectType,
    ).toBe('audio');
  });
});

describe('spans named after playback are statements', () => {
  const session = { 'media.session.id': 's1' };
  for (const [name, expected] of [
    ['session', ['play_requested @0']],
    ['playback', ['play_requested @0']],
    ['player.session', ['play_requested @0']],
    ['startup', ['play_requested @0', 'state playing @1500', 'startup @1500']],
    ['stall', ['state rebuffering @0', 'state playing @1500']],
    ['rebuffering', ['state rebuffering @0', 'state playing @1500']],
    ['player.buffering', ['state rebuffering @0', 'state playing @1500']],
    ['media.seek', ['seek @0', 'state playing @1500']],
    ['pause', ['state paused @0', 'state playing @1500']],
    ['ad', ['ad_start @0', 'ad_end @1500']],
    ['abr_switch', ['rendition @0', 'rendition @1500']],
    ['error', ['error @0']],
    ['playback.error', ['error @0']],
    ['firstFrame', ['state playing @0']],
    ['heartbeat', ['heartbeat @0']],
  ] as const) {
    test(name, () => expect(said({ name, attributes: session })).toEqual(expected));
  }

  test('the end of a session counts if it says how it ended', () => {
    expect(said({ name: 'session', attributes: { ...session, reason: 'closed' } })).toEqual([
      'play_requested @0',
      'state quit @1500',
    ]);
    expect(said({ name: 'session', attributes: { ...session, reason: 'ended' } })).toEqual([
      'play_requested @0',
      'state ended @1500',
    ]);
    const failed = read({ name: 'session', attributes: session, error: 'decode failed' }).events;
    expect(failed).toMatchObject([
      { name: 'play_requested' },
      { name: 'error', isFatal: true, message: 'decode failed', tsMs: NOW + 1500 },
    ]);
    expect(read({ name: 'startup', attributes: session, error: '' }).events[1]).toMatchObject({
      name: 'error',
      isFatal: true,
    });
  });

  test('a span that is not over has said how it began', () => {
    expect(said({ name: 'stall', attributes: session, to: 0 })).toEqual(['state rebuffering @0']);
  });

  test('span events say more, at their own time', () => {
    const events = [
      { name: 'play', at: NOW + 1 },
      { name: 'stall.start', at: NOW + 100 },
      { name: 'stall.end', at: NOW + 200 },
      { name: 'statechange', at: NOW + 250, attributes: { sta: 'a' } },
      { name: 'exception', at: NOW + 300, attributes: { 'exception.type': 'MediaError', 'exception.message': 'm' } },
      { name: 'ui.click', at: NOW + 400 },
    ];
    expect(said({ name: 'my player', attributes: session, events })).toEqual([
      'play_requested @1',
      'state rebuffering @100',
      'state playing @200',
      'state paused @250',
      'error @300',
    ]);
  });

  test('attributes are read in the units of their conventions', () => {
    const { events } = read({
      name: 'abr_switch',
      attributes: {
        ...session,
        'media.rendition.bitrate': 2_820_000,
        'media.buffer.length': 4.5,
        'media.content.id': 'c1',
        'media.stream.type': 'live',
      },
    });
    const common = {
      sid: 's1',
      traceId: TRACE,
      spanId: SPAN,
      bitrateKbps: 2820,
      bufferMs: 4500,
      contentId: 'c1',
      streamType: 'live',
    };
    expect(events).toMatchObject([
      { ...common, phase: 'requested', tsMs: NOW },
      { ...common, phase: 'applied', tsMs: NOW + 1500 },
    ]);
  });

  test('without a session the trace is it, if media attributes vouch for the span', () => {
    expect(read({ name: 'stall', attributes: { 'media.content.id': 'c1' } }).events).toMatchObject([
      { sid: TRACE },
      { sid: TRACE },
    ]);
    expect(read({ name: 'stall' }).outcome).toBe('not_playback');
    expect(read({ name: 'error' }).outcome).toBe('not_playback');
    expect(read({ name: 'stall', traceId: '', attributes: { 'media.content.id': 'c1' } }).outcome).toBe(
      'missing_session',
    );
  });

  test('other spans of the page are none of ours', () => {
    expect(read({ name: 'documentLoad', attributes: session }).outcome).toBe('not_playback');
  });

  test('a statement without a time is refused', () => {
    expect(read({ name: 'stall', attributes: session, from: 0 }).outcome).toBe('missing_time');
  });
});

describe('POST /v1/traces', () => {
  const good = traces({ name: 'stall', attributes: { 'session.id': 's1' } }, { name: 'documentLoad' });
  const bad = traces(
    { name: 'stall', attributes: { 'session.id': 's1' }, from: 0 },
    { name: 'stall', attributes: { 'session.id': 's1' } },
  );

  test('protobuf is answered in protobuf', async () => {
    const { post, bus, refused } = await start();
    const answer = await post('/v1/traces', encode(traceRequest, good), { 'content-type': 'application/x-protobuf' });
    const body = new Uint8Array(await answer.arrayBuffer());
    expect([answer.status, answer.headers.get('content-type'), body.length]).toEqual([
      200,
      'application/x-protobuf',
      0,
    ]);
    expect([bus.playerEvents.map((event) => event.name), refused()]).toEqual([
      ['state', 'state'],
      { 'player not_playback': 1 },
    ]);
  });

  test('gzipped JSON is answered in JSON', async () => {
    const { post, bus } = await start();
    const body = new Uint8Array(gzipSync(JSON.stringify(good)));
    const answer = await post('/v1/traces', body, {
      'content-type': 'application/json; charset=utf-8',
      'content-encoding': 'gzip',
    });
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      200,
      'application/json',
      {},
    ]);
    expect(bus.events.length).toBe(2);
  });

  test('rejected spans are a partial success, in both encodings', async () => {
    const { post, bus, refused } = await start();
    const json = await post('/v1/traces', JSON.stringify(bad), { 'content-type': 'application/json' });
    expect([json.status, await json.json()]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '1', errorMessage: 'missing_time: 1' } },
    ]);
    const protobuf = await post('/v1/traces', encode(traceRequest, bad), { 'content-type': 'application/x-protobuf' });
    const decoded = traceResponse.decode(new Uint8Array(await protobuf.arrayBuffer()));
    expect(traceResponse.toObject(decoded, { longs: String })).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'missing_time: 1' },
    });
    expect([bus.events.length, refused()]).toEqual([4, { 'player missing_time': 2 }]);
  });

  for (const [type, body, status, answerType] of [
    ['application/json', '{"resourceSpans":', 400, 'application/json'],
    ['application/json', '[]', 400, 'application/json'],
    ['application/x-protobuf', 'rubbish', 400, 'application/x-protobuf'],
    ['text/plain', '{}', 415, 'application/json'],
    ['', '{}', 415, 'application/json'],
  ] as const) {
    test(`${type || 'no type'} with ${body} is ${status}`, async () => {
      const { post, refused, bus } = await start();
      const answer = await post(
        '/v1/traces',
        new TextEncoder().encode(body),
        type === '' ? {} : { 'content-type': type },
      );
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, answerType]);
      expect([bus.events, Object.keys(refused())]).toEqual([
        [],
        [status === 415 ? 'player unsupported_type' : 'player bad_body'],
      ]);
      if (answerType === 'application/json')
        expect(await answer.json()).toEqual({ code: 3, message: expect.any(String) });
      else expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toContain('not an OTLP traces request');
    });
  }

  test('a full bus is 503 with Retry-After', async () => {
    const { post, bus } = await start();
    bus.limit = 1;
    const answer = await post('/v1/traces', JSON.stringify(good), { 'content-type': 'application/json' });
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      503,
      '5',
      { code: 14, message: expect.any(String) },
    ]);
  });

  test('a body too large is 413 in the sender’s encoding', async () => {
    const { post, refused } = await start();
    const answer = await post('/v1/traces', new Uint8Array(9 << 20), { 'content-type': 'application/x-protobuf' });
    expect([answer.status, answer.headers.get('content-type'), refused()]).toEqual([
      413,
      'application/x-protobuf',
      { 'player too_large': 1 },
    ]);
  });

  test('a relay says whose spans it passes on', async () => {
    const { post, bus } = await start();
    const resource = { 'client.address': '198.51.100.9', 'user_agent.original': 'Firefox/140' };
    const headers = { 'content-type': 'application/json', 'user-agent': 'OpenTelemetry Collector' };
    await post(
      '/v1/traces',
      JSON.stringify(
        traces(
          { name: 'stall', attributes: { 'session.id': 's1' }, resource },
          { name: 'stall', attributes: { 'session.id': 's2' } },
        ),
      ),
      headers,
    );
    expect(bus.playerEvents.map((event) => event.client?.deviceKey)).toEqual([
      'Firefox/140@198.51.100.9',
      'Firefox/140@198.51.100.9',
      'OpenTelemetry Collector@127.0.0.1',
      'OpenTelemetry Collector@127.0.0.1',
    ]);
  });
});

describe('POST /v1/logs', () => {
  type LogFields = {
    body?: object;
    attributes?: Readonly<Record<string, Value>>;
    eventName?: string;
    at?: number;
    traceId?: string;
  };
  const logs = (resource: Readonly<Record<string, Value>>, ...records: readonly LogFields[]): object => ({
    resourceLogs: [
      {
        resource: { attributes: attributes(resource) },
        scopeLogs: [
          {
            logRecords: records.map((record) => ({
              timeUnixNano: nanos(record.at ?? NOW),
              traceId: record.traceId ?? '',
              ...(record.eventName === undefined ? {} : { eventName: record.eventName }),
              ...(record.body === undefined ? {} : { body: record.body }),
              attributes: attributes(record.attributes ?? {}),
            })),
          },
        ],
      },
    ],
  });
  const json = { 'content-type': 'application/json' };
  const line = (path: string): object => ({ stringValue: JSON.stringify({ t: NOW, path }) });

  for (const [name, resource, record] of [
    ['playpath.source of the resource', { 'playpath.source': 'edge-a' }, { body: line('/1') }],
    ['playpath.source of the record', {}, { body: line('/1'), attributes: { 'playpath.source': 'edge-a' } }],
    ['service.name', { 'service.name': 'edge-a' }, { body: line('/1') }],
    ['a configured service.name', { 'service.name': 'nginx' }, { body: line('/1') }],
    [
      'the log file’s name',
      { 'host.name': 'edge-1' },
      { body: line('/1'), attributes: { 'log.file.name': 'access.log' } },
    ],
    [
      'a line with its end',
      { 'service.name': 'edge-a' },
      { body: { stringValue: `${JSON.stringify({ t: NOW, path: '/1' })}\r\n` } },
    ],
    [
      'a body parsed into a map',
      { 'service.name': 'edge-a' },
      { body: { kvlistValue: { values: attributes({ t: NOW, path: '/1' }) } } },
    ],
    ['a body parsed into attributes', { 'playpath.source': 'edge-a' }, { attributes: { t: NOW, path: '/1' } }],
    [
      'a body of bytes',
      { 'service.name': 'edge-a' },
      { body: { bytesValue: Buffer.from(JSON.stringify({ t: NOW, path: '/1' })).toString('base64') } },
    ],
  ] as const) {
    test(`lines find their source by ${name}`, async () => {
      const { post, bus, refused } = await start([lineSource('edge-a', { otlpNames: ['nginx', 'access.log'] })]);
      const answer = await post('/v1/logs', JSON.stringify(logs(resource, record)), json);
      expect([answer.status, await answer.json(), bus.paths, refused()]).toEqual([200, {}, ['/1'], {}]);
      expect(bus.reports[0]?.source.name).toBe('edge-a');
    });
  }

  test('one decoder reads the lines of all requests: a header is not sent twice', async () => {
    const tsv = lineSource('tsv', { createDecoder: () => new TestFieldsDecoder() });
    const { post, bus } = await start([tsv]);
    const body = (text: string): string =>
      JSON.stringify(logs({ 'service.name': 'tsv' }, { body: { stringValue: text } }));
    await post('/v1/logs', body('#Fields: time path'), json);
    await post('/v1/logs', body(`${NOW}\t/1`), json);
    expect(bus.paths).toEqual(['/1']);
  });

  test('bad lines and strangers are a partial success, in both encodings, and good lines are kept', async () => {
    const { post, bus, refused } = await start([lineSource('edge-a')]);
    const request = {
      resourceLogs: [
        ...(
          logs(
            { 'service.name': 'edge-a' },
            { body: line('/1') },
            { body: { stringValue: 'rubbish' } },
            { body: line('/3') },
          ) as { resourceLogs: object[] }
        ).resourceLogs,
        ...(logs({ 'service.name': 'stranger' }, { body: { stringValue: 'hello' } }) as { resourceLogs: object[] })
          .resourceLogs,
      ],
    };
    const expected = { rejectedLogRecords: '2', errorMessage: 'not_json: 1, unknown_source: 1' };
    const answer = await post('/v1/logs', JSON.stringify(request), json);
    expect([answer.status, await answer.json()]).toEqual([200, { partialSuccess: expected }]);
    const protobuf = await post('/v1/logs', encode(logsRequest, request), { 'content-type': 'application/x-protobuf' });
    expect(
      logsResponse.toObject(logsResponse.decode(new Uint8Array(await protobuf.arrayBuffer())), { longs: String }),
    ).toEqual({ partialSuccess: expected });
    expect([bus.paths, refused()]).toEqual([
      ['/1', '/3', '/1', '/3'],
      { 'edge-a not_json': 2, 'player unknown_source': 2 },
    ]);
  });

  for (const [name, record, expected] of [
    [
      'the event name field',
      { eventName: 'stall.start', attributes: { 'session.id': 's1' } },
      { name: 'state', state: 'rebuffering', sid: 's1' },
    ],
    [
      'the event.name attribute',
      { attributes: { 'event.name': 'player.playing', 'media.session.id': 's1' } },
      { name: 'state', state: 'playing', sid: 's1' },
    ],
    [
      'a map as its body',
      {
        eventName: 'playback.error',
        body: { kvlistValue: { values: attributes({ code: 'E1', fatal: true, 'session.id': 's1' }) } },
      },
      { name: 'error', errorCode: 'E1', isFatal: true, sid: 's1' },
    ],
    [
      'JSON as its body',
      { eventName: 'rendition_switch', body: { stringValue: '{"bitrateKbps":290,"session.id":"s1"}' } },
      { name: 'rendition', bitrateKbps: 290, sid: 's1' },
    ],
    [
      'a CMCD state',
      { eventName: 'player.update', attributes: { sta: 'r', 'session.id': 's1' } },
      { name: 'state', state: 'rebuffering' },
    ],
    ['only a trace', { eventName: 'play', traceId: TRACE }, { name: 'play_requested', sid: TRACE, traceId: TRACE }],
  ] as const) {
    test(`event records of players: ${name}`, async () => {
      const { post, bus } = await start();
      const answer = await post('/v1/logs', JSON.stringify(logs({}, record)), json);
      expect([answer.status, await answer.json()]).toEqual([200, {}]);
      expect(bus.playerEvents).toMatchObject([{ tsMs: NOW, ...expected }]);
    });
  }

  test('event records about other things are welcome and none of ours', async () => {
    const { post, bus, refused } = await start();
    const answer = await post('/v1/logs', JSON.stringify(logs({}, { eventName: 'browser.web_vital' })), json);
    expect([await answer.json(), bus.events, refused()]).toEqual([{}, [], { 'player not_playback': 1 }]);
  });

  test('a request in the shape of the OTel Collector’s filelog receiver has its line read', async () => {
    const text = readFileSync(new URL('../fixtures/senders/filelog-receiver.otlp.json', import.meta.url), 'utf8');
    const { post, refused } = await start([lineSource('edge-a', { otlpNames: ['access.log'] })]);
    await post('/v1/logs', text, json);
    // A combined line in a source of JSON lines: read and refused, which proves that it arrived.
    expect(refused()).toEqual({ 'edge-a not_json': 1 });
  });
});
