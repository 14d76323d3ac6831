import { gzipSync } from 'node:zlib';
import { LOG_SOURCES, linesOf } from './log-lines.ts';
import { JSON_TYPE, type Planted, sessionOf, type WayIn } from './planted.ts';
import { players } from './players.ts';

/** The same content through every receiver, format and envelope. */
export function everyWayIn(planted: Planted): readonly WayIn[] {
  return [...players(planted), ...logs(planted), ...envelopes(planted)];
}

function* logs(planted: Planted): Generator<WayIn> {
  for (const { format } of LOG_SOURCES) {
    const lines = linesOf(format, sessionOf(format), planted);
    yield { name: format, path: `/v1/push/${format}`, headers: {}, body: Buffer.from(`${lines.join('\n')}\n`) };
    // What no decoder can use ends in the dead-letter file.
    const broken = lines.map((line) =>
      line.replace(/^(\S{3})/, '\u0001$1').replace(/"(ts|timestamp|reqTimeSec)"/, '"no_$1"'),
    );
    yield {
      name: `broken ${format}`,
      path: `/v1/push/${format}`,
      headers: {},
      body: Buffer.from(`${broken.join('\n')}\n`),
    };
  }
}

function* envelopes(planted: Planted): Generator<WayIn> {
  const line = (name: string): string => linesOf('nginx-json', sessionOf(name), planted)[0] ?? '';
  const push = (name: string, headers: Readonly<Record<string, string>>, body: unknown, suffix = ''): WayIn => ({
    name,
    path: `/v1/push/nginx-json${suffix}`,
    headers: { ...JSON_TYPE, ...headers },
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
  });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const { extra } = planted;
  yield push(
    'firehose',
    { 'x-amz-firehose-request-id': 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f' },
    {
      ...extra,
      requestId: 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f',
      timestamp: planted.atMs,
      records: [{ ...extra, data: base64(line('firehose')) }],
    },
  );
  yield push(
    'pub/sub',
    {},
    { ...extra, message: { ...extra, data: base64(line('pub/sub')), messageId: '1' }, subscription: 's' },
  );
  yield push('splunk', {}, { ...extra, time: 1, event: JSON.parse(line('splunk')) }, '/services/collector/event');
  yield push('records', {}, { ...extra, records: [JSON.parse(line('records'))] });
  yield push('gzip', { 'content-encoding': 'gzip' }, gzipSync(line('gzip')));
  yield {
    name: 'log lines in OTLP',
    path: '/v1/logs',
    headers: JSON_TYPE,
    body: Buffer.from(
      JSON.stringify({
        resourceLogs: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'nginx-json' } }] },
            scopeLogs: [
              {
                logRecords: [
                  { body: { stringValue: line('log lines in OTLP') } },
                  { body: { stringValue: `broken ${line('x')}` } },
                ],
              },
            ],
          },
        ],
      }),
    ),
  };
}
