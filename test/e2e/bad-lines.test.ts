import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOUDFRONT_FIELDS, cloudFrontLine, dateTime, nginxLine } from '../support/log-lines.ts';
import { OpenCollector } from '../support/open-collector.ts';

/** A bad record among good ones costs itself: it is counted, and the good ones are kept. */

const MINUTE_MS = 60_000;
const MEBIBYTE = 1 << 20;

let open: OpenCollector;
beforeAll(async () => {
  open = await OpenCollector.start({
    correlate: { settle: '10s', reorder: '1s', idleClose: '60s', detail: 'full' },
    sources: [
      { name: 'cloudfront', format: 'cloudfront-standard', tier: 'edge', cdn: 'cf', lateness: '5s' },
      { name: 'edge', format: 'nginx-json', tier: 'edge', cdn: 'edge', lateness: '5s' },
    ],
  });
});
afterAll(() => open.close());

test('a line that breaks off costs itself', async () => {
  const lines = [
    CLOUDFRONT_FIELDS,
    cloudFrontLine(open.nowMs),
    'this is\tno line',
    cloudFrontLine(open.nowMs),
    cloudFrontLine(open.nowMs).slice(0, 60),
  ];
  const counted = 'cloudfront too_few_fields';
  const [before, refusedBefore] = [await open.requests('cf'), await open.refused(counted)];
  const answer = await open.post('/v1/push/cloudfront', Buffer.from(`${lines.join('\n')}\n`));
  expect([answer.status, await answer.json()]).toEqual([200, { accepted: 2, rejected: 2 }]);
  await open.passes(MINUTE_MS);
  expect((await open.requests('cf')) - before).toBe(2);
  expect((await open.refused(counted)) - refusedBefore).toBe(2);
  const samples = open.deadLetters;
  expect(samples).toContain('this is\\tno line');
  expect(samples).not.toContain('198.51.100.77');
});

test('NDJSON, a JSON array and a bad record in each', async () => {
  const good = [nginxLine(open.nowMs), nginxLine(open.nowMs)];
  const bodies = [`${good[0]}\n{"ts": 17,\n${good[1]}\n`, `[${good[0]}, 17, ${good[1]}]`, `${good[0]}\n{}\n${good[1]}`];
  const answers = [];
  for (const body of bodies) answers.push(await (await open.post('/v1/push/edge', Buffer.from(body))).json());
  expect(answers).toEqual(bodies.map(() => ({ accepted: 2, rejected: 1 })));
});

test('#Fields may change in the middle of a file', async () => {
  const [date, time] = dateTime(open.nowMs);
  const short = '#Fields: date time cs-method cs-uri-stem sc-status sc-bytes x-edge-request-id c-ip';
  const swapped = '#Fields: date time sc-bytes sc-status cs-method cs-uri-stem x-edge-request-id c-ip';
  const row = (...values: (string | number)[]): string =>
    [date, time, ...values, randomUUID(), '198.51.100.9'].join('\t');
  const lines = [
    CLOUDFRONT_FIELDS,
    cloudFrontLine(open.nowMs, { status: 206, bytes: 5_000 }),
    short,
    row('GET', '/film/seg_1.m4s', 404, 700),
    row('GET', '/film/seg_2.m4s', 404, 700),
    '#Version: 1.0',
    swapped,
    row(9_000, 503, 'GET', '/film/seg_3.m4s'),
  ];
  const byClass = async () => [
    await open.requests('cf', '2xx'),
    await open.requests('cf', '4xx'),
    await open.requests('cf', '5xx'),
  ];
  const before = await byClass();
  const answer = await open.post('/v1/push/cloudfront', Buffer.from(lines.join('\n')));
  expect(await answer.json()).toEqual({ accepted: 4, rejected: 0 });
  await open.passes(MINUTE_MS);
  expect((await byClass()).map((count, index) => count - (before[index] as number))).toEqual([1, 2, 1]);
});

test('a line too long to be one costs itself', async () => {
  const before = await open.refused('edge too_long');
  const lines = [nginxLine(open.nowMs), 'x'.repeat(2 * MEBIBYTE), nginxLine(open.nowMs)];
  const answer = await open.post('/v1/push/edge', Buffer.from(lines.join('\n')));
  expect([answer.status, await answer.json()]).toEqual([200, { accepted: 2, rejected: 1 }]);
  expect((await open.refused('edge too_long')) - before).toBe(1);
});

test('lines before any #Fields are refused, lines after it are not', async () => {
  const counted = 'cloudfront no_fields_header';
  const before = await open.refused(counted);
  const lines = [cloudFrontLine(open.nowMs), CLOUDFRONT_FIELDS, cloudFrontLine(open.nowMs)];
  const answer = await open.post('/v1/push/cloudfront', Buffer.from(lines.join('\n')));
  expect(await answer.json()).toEqual({ accepted: 1, rejected: 1 });
  expect((await open.refused(counted)) - before).toBe(1);
});

test('one bad event among good ones in a beacon', async () => {
  const session = randomUUID();
  const bad = ['player unknown_event', 'player not_object'];
  const before = await Promise.all(bad.map((counted) => open.refused(counted)));
  const events = [
    { event: 'play', ts: open.nowMs },
    { event: 'no_such_event', ts: open.nowMs },
    'not an object',
    { event: 'playback_start', ts: open.nowMs + 300, startupMs: 300 },
  ];
  expect((await open.post('/v1/beacon', JSON.stringify({ session, content: 'film', events }))).status).toBe(204);
  const after = await Promise.all(bad.map((counted) => open.refused(counted)));
  expect(after).toEqual(before.map((count) => count + 1));
  await open.passes(2 * MINUTE_MS);
  expect((await open.session(session)).qoe.startupMs).toBe(300);
});

test('OTLP logs say how many records were refused, and keep the others', async () => {
  const record = (body: string) => ({ body: { stringValue: body } });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'edge' } }] };
  const logRecords = [record(nginxLine(open.nowMs)), record('{"ts":'), record(nginxLine(open.nowMs))];
  const before = await open.total('playpath_received_total', { source: 'edge' });
  const answer = await open.post(
    '/v1/logs',
    JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
    {
      'content-type': 'application/json',
    },
  );
  expect([answer.status, await answer.json()]).toMatchObject([200, { partialSuccess: { rejectedLogRecords: '1' } }]);
  expect((await open.total('playpath_received_total', { source: 'edge' })) - before).toBe(2);
});
