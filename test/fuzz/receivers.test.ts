import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Event } from '../../collector/model/event.ts';
import { decodeBeacons } from '../../collector/receivers/beacon-body.ts';
import { CaptureDecoder } from '../../collector/receivers/capture.ts';
import { cmcdBodyDecoder } from '../../collector/receivers/cmcd.ts';
import { decodeFaro } from '../../collector/receivers/faro.ts';
import { eachFirehoseRecord, firehoseEnvelope } from '../../collector/receivers/firehose.ts';
import { eachRecord } from '../../collector/receivers/framing.ts';
import { parseJson } from '../../collector/receivers/json-body.ts';
import type { RecordSink } from '../../collector/receivers/lines.ts';
import { logsOfJson, spansOfJson } from '../../collector/receivers/otlp-json.ts';
import { emitLogEvent, OtlpLogReader } from '../../collector/receivers/otlp-logs.ts';
import { logsOfProtobuf, spansOfProtobuf } from '../../collector/receivers/otlp-protobuf.ts';
import type { OtlpBatches, OtlpLog, OtlpSpan } from '../../collector/receivers/otlp-record.ts';
import { emitSpan } from '../../collector/receivers/otlp-spans.ts';
import { eachHecEvent, isHecBody, isTestUpload, pubSubMessage } from '../../collector/receivers/push-body.ts';
import { SourceTable } from '../../collector/receivers/sources.ts';
import { Mutator } from '../receivers/mutate.ts';
import { encode, logsRequest, traceRequest } from '../receivers/otlp-proto.ts';
import { cmcdDecoder, lineSource, NOW, source, testClients, testUrls } from '../receivers/support.ts';

const INPUTS = 100_000;
const delivery = {
  source: source('player'),
  receivedMs: NOW,
  client: testClients.lookup('192.0.2.7', 'ua'),
  urls: testUrls,
};

/** What holds for every event, whatever it came from. */
function check(event: Event): void {
  const isSound =
    event.kind === 'player'
      ? event.sid !== '' &&
        event.sid.length <= 1024 &&
        event.tsMs > 0 &&
        event.receivedMs === NOW &&
        Object.getPrototypeOf(event) === Object.prototype
      : event.host !== '' &&
        event.path !== '' &&
        event.startMs > 0 &&
        !(event.durationMs < 0) &&
        !(event.ttfbMs < 0) &&
        !(event.bodyBytes < 0);
  if (!isSound) expect(event).toBe('a sound event');
}

/** Runs a parser over mutations; it may refuse what it likes, and neither throws nor emits nonsense. */
function fuzz(
  name: string,
  seeds: readonly (string | Uint8Array)[],
  parse: (body: Uint8Array, emit: (event: Event) => void) => void,
): void {
  test(`${name}: ${INPUTS} mutated inputs`, { timeout: 120_000 }, () => {
    const mutator = new Mutator(seeds);
    let emitted = 0;
    const emit = (event: Event): void => {
      check(event);
      emitted += 1;
    };
    for (let i = 0; i < INPUTS; i++) {
      const body = mutator.next();
      try {
        parse(body, emit);
      } catch (cause) {
        throw new Error(`input ${i}: ${JSON.stringify(Buffer.from(body).toString('latin1'))}`, { cause });
      }
    }
    // Mutations that break everything would prove nothing.
    expect(emitted).toBeGreaterThan(INPUTS / 100);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
}

const request = {
  event: 'request',
  session: 's',
  ts: NOW,
  url: 'https://e.example/a/seg_1.m4s?CMCD=sid%3D%22s%22&token=x',
  status: 200,
  ttfbMs: 2,
  durationMs: 5,
};
fuzz(
  'beacons',
  [
    JSON.stringify(request),
    JSON.stringify({
      session: 's',
      ts: NOW,
      events: [{ event: 'play' }, { event: 'error', message: 'm', fatal: true }],
    }),
    JSON.stringify([{ event: 'bitrate_changed', sessionId: 's', timestamp: NOW, payload: { bitrate: '5' } }]),
    JSON.stringify({
      sessionId: 's',
      streamId: 'st',
      state: 'Playing',
      quality: { bitrate: 1 },
      error_count: 3,
      liveLatency: 2,
    }),
    `${JSON.stringify({ event: 'seek', session: 's', ts: NOW })}\n${JSON.stringify({ event: 'heartbeat', session: 's', ts: NOW })}`,
  ],
  (body, emit) => decodeBeacons(body, delivery, emit, () => {}),
);

const decodeCmcd = cmcdBodyDecoder(cmcdDecoder());
fuzz('CMCD bodies', [`e=t,sid="s",ts=${NOW}\ne=ps,sid="s",sta=p,ts=${NOW},v=2\r\n`], (body, emit) =>
  decodeCmcd(body, delivery, emit, () => {}),
);

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const span = {
  traceId: 'c485fb8b06c34872846419285eee9ce9',
  spanId: '946627d39be4471c',
  kind: 3,
  startTimeUnixNano: `${NOW}000000`,
  endTimeUnixNano: `${NOW + 5}000000`,
};
const traces = {
  resourceSpans: [
    {
      resource: { attributes: [attribute('session.id', 's')] },
      scopeSpans: [
        {
          spans: [
            {
              ...span,
              name: 'GET',
              attributes: [
                attribute('url.full', 'https://e.example/seg_1.m4s'),
                { key: 'http.status_code', value: { intValue: '200' } },
              ],
            },
            { ...span, name: 'stall', events: [{ name: 'play', timeUnixNano: `${NOW}000000` }], status: { code: 2 } },
          ],
        },
      ],
    },
  ],
};
const logs = {
  resourceLogs: [
    {
      resource: { attributes: [attribute('session.id', 's'), attribute('service.name', 'edge-a')] },
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: `${NOW}000000`,
              eventName: 'stall.start',
              body: { kvlistValue: { values: [attribute('code', '1')] } },
            },
          ],
        },
      ],
    },
  ],
};

function emitSpans(batches: OtlpBatches<OtlpSpan>, emit: (event: Event) => void): void {
  for (const { resource, records } of batches ?? [])
    for (const record of records) emitSpan(record, resource, delivery, emit);
}

const reader = new OtlpLogReader(new SourceTable([lineSource('edge-a')]));
function emitLogs(batches: OtlpBatches<OtlpLog>, emit: (event: Event) => void): void {
  for (const { resource, records } of batches ?? []) {
    for (const record of records) {
      const from = reader.sourceOf(record, resource);
      if (from !== null) reader.line(record, from, NOW, () => {});
      emitLogEvent(record, resource, delivery, emit);
    }
  }
}

fuzz('OTLP traces in protobuf', [encode(traceRequest, traces)], (body, emit) => emitSpans(spansOfProtobuf(body), emit));
fuzz('OTLP traces in JSON', [JSON.stringify(traces)], (body, emit) => emitSpans(spansOfJson(parseJson(body)), emit));
fuzz('OTLP logs in protobuf', [encode(logsRequest, logs)], (body, emit) => emitLogs(logsOfProtobuf(body), emit));
fuzz('OTLP logs in JSON', [JSON.stringify(logs)], (body, emit) => emitLogs(logsOfJson(parseJson(body)), emit));

fuzz(
  'Faro',
  [
    JSON.stringify({
      meta: { session: { id: 's' } },
      events: [{ name: 'stall_start', timestamp: '2026-11-21T20:58:01Z', attributes: { bufferMs: '1' } }],
      exceptions: [{ type: 'MediaError', value: 'v', timestamp: '2026-11-21T20:58:01Z' }],
    }),
    JSON.stringify({ meta: { session: { id: 's' } }, traces }),
  ],
  (body, emit) => decodeFaro(body, delivery, emit, () => {}),
);

const capture = new CaptureDecoder(delivery.source, testUrls, cmcdDecoder());
const [recorded] = readFileSync(new URL('../fixtures/recordings/rid-dash/sink.ndjson', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.includes('"kind":"cmcd"'));
fuzz(
  'captures',
  [
    recorded ?? '',
    JSON.stringify({ recv: NOW, kind: 'v1/beacon', body: JSON.stringify({ event: 'play', session: 's', ts: NOW }) }),
  ],
  (body, emit) =>
    capture.decode(body, 0, body.length, (event, arrivedMs) =>
      emit(
        event.kind === 'player'
          ? { ...event, receivedMs: event.receivedMs === arrivedMs ? NOW : 0 }
          : Object.assign(event, { host: 'h', path: '/' }),
      ),
    ),
);

/** Framing emits records, not events: every one lies inside its block and none is empty. */
function fuzzFraming(
  name: string,
  seeds: readonly (string | Uint8Array)[],
  frame: (body: Uint8Array, sink: RecordSink) => void,
): void {
  test(`${name}: ${INPUTS} mutated inputs`, { timeout: 120_000 }, () => {
    const mutator = new Mutator(seeds);
    let records = 0;
    const inside = (bytes: Uint8Array, start: number, end: number): void => {
      if (!(start >= 0 && end <= bytes.length && start < end)) expect([start, end]).toBe(`inside ${bytes.length}`);
    };
    const sink: RecordSink = {
      record: (bytes, start, end) => {
        inside(bytes, start, end);
        records += 1;
        return true;
      },
      refuse: (_reason, bytes, start, end) => inside(bytes, start, end),
    };
    for (let i = 0; i < INPUTS; i++) {
      const body = mutator.next();
      try {
        frame(body, sink);
      } catch (cause) {
        throw new Error(`input ${i}: ${JSON.stringify(Buffer.from(body).toString('latin1'))}`, { cause });
      }
    }
    expect(records).toBeGreaterThan(INPUTS / 10);
  });
}

fuzzFraming(
  'framing of pushed bodies',
  [
    '{"a":1}\n{"b":[1,{"c":"\\""}]}\n',
    '[{"a":1},"line\\nline",{"b":2}]',
    '{"records":[{"a":1},{"b":2}]}',
    '{\n"a":1\n}\n{"b":2}',
    'a\tb\nc\td\r\n',
  ],
  (body, sink) => eachRecord(body, 0, body.length, 200, sink),
);

const data = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const message = gzipSync(JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [{ message: '{"a":1}' }] }));
fuzzFraming(
  'Firehose envelopes',
  [JSON.stringify({ requestId: 'r', timestamp: 1, records: [{ data: data('{"a":1}\n') }, { data: data(message) }] })],
  (body, sink) => {
    const envelope = firehoseEnvelope(body);
    if (envelope !== null) eachFirehoseRecord(body, envelope, 200, 1 << 20, sink);
  },
);

fuzzFraming(
  'Pub/Sub and Splunk envelopes',
  [
    JSON.stringify({ message: { data: data('{"a":1}'), messageId: '1' }, subscription: 's' }),
    '{"time":1,"event":"line"}{"time":2,"event":{"a":1}}',
    '{"content":"tests"}',
  ],
  (body, sink) => {
    if (isTestUpload(body)) return;
    const pubSub = pubSubMessage(body);
    if (pubSub !== null) eachRecord(pubSub.data, 0, pubSub.data.length, 200, sink);
    else if (isHecBody(body)) eachHecEvent(body, 200, sink);
  },
);
