import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encode, logsRequest, logsResponse } from './otlp-proto.ts';
import { attributes, nanos, TRACE, type Value } from './otlp-requests.ts';
import { serversOfThisFile } from './server.ts';
import { lineSource, NOW, TestFieldsDecoder } from './support.ts';

const start = serversOfThisFile();

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
