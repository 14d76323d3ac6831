import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseExposition } from '../metrics/exposition.ts';
import { nginxLine } from '../support/log-lines.ts';
import { OpenCollector } from '../support/open-collector.ts';
import { everyWayIn } from '../support/ways-in/every-way-in.ts';
import { LOG_SOURCES } from '../support/ways-in/log-lines.ts';
import type { Planted } from '../support/ways-in/planted.ts';

/** What strangers write, to see what it does to a log, a scrape, a page, an answer or the collector itself. */

const MARK = 'pwned';
const HOSTILE = [
  `"><script>alert("${MARK}")</script>`,
  `' onmouseover='${MARK}`,
  `x"} 1\nplaypath_${MARK}_total 1\n`,
  `\r\nX-${MARK}: 1\r\n\r\n`,
  `\u001b[2J\u001b]0;${MARK}\u0007`,
  `\n2026-01-01T00:00:00.000Z error ${MARK}`,
  `=HYPERLINK("https://${MARK}.example")`,
  `\${jndi:ldap://${MARK}}{{constructor.constructor('${MARK}')()}}`,
  `javascript:alert('${MARK}')`,
  `\ud800${MARK}\u202e\u0000`,
  `../../../../${MARK}`,
];
/** Members whose names are those of the machinery. */
const POISON = JSON.parse(
  `{"__proto__":{"${MARK}":1,"isAdmin":true},"constructor":{"prototype":{"${MARK}":1}},"prototype":{"${MARK}":1},"toString":"${MARK}","hasOwnProperty":"${MARK}"}`,
) as Record<string, unknown>;

function planted(atMs: number, text: string): Planted {
  return {
    atMs,
    address: '198.51.100.7',
    forwardedFor: '198.51.100.8',
    userAgent: `Player/1.0 ${text}`,
    path: `/film/${encodeURIComponent(text.toWellFormed())}/seg_1.m4s`,
    query: `__proto__[${MARK}]=1&constructor.prototype.${MARK}=1&v=${encodeURIComponent(text.toWellFormed())}`,
    referer: `https://site.example/${encodeURIComponent(text.toWellFormed())}`,
    cookie: `__proto__=${MARK}`,
    text,
    extra: POISON,
  };
}

let open: OpenCollector;
const OWN_NAMES = Object.getOwnPropertyNames(Object.prototype);
beforeAll(async () => {
  open = await OpenCollector.start({
    correlate: { detail: 'full', settle: '1s', reorder: '0s' },
    sources: LOG_SOURCES,
  });
  for (const text of HOSTILE) {
    for (const { path, headers, body, name } of everyWayIn(planted(open.nowMs - 2_000, text))) {
      const answer = await open.post(path, body, headers);
      expect(answer.status, name).toBeLessThan(300);
      expect(JSON.stringify([...answer.headers]), name).not.toContain(MARK);
    }
  }
  await open.passes(30_000);
}, 30_000);
afterAll(() => open.close());

test('no prototype holds what a body said', () => {
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(OWN_NAMES);
  for (const value of [{}, [], () => {}, '', new Map()]) expect(value).not.toHaveProperty(MARK);
});

test('the metrics stay well-formed, with no series that nobody defined', async () => {
  for (const path of ['/metrics', '/metrics/collector']) {
    const samples = parseExposition(await open.text('metrics', path));
    expect(samples.length).toBeGreaterThan(10);
    expect(samples.filter(({ name }) => name.includes(MARK))).toEqual([]);
  }
});

test('the page is text where it shows what strangers wrote', async () => {
  const html = await open.text('api', '/?plain');
  expect(html).toContain(MARK);
  expect(html).not.toMatch(new RegExp(`<script|<[^>]*\\son\\w+=|href="(?!/|data:,)[^"]*${MARK}`, 'i'));
  expect(html).toContain('&quot;&gt;&lt;script&gt;');
});

test('every answer of the APIs is JSON that reads back', async () => {
  const sessions = JSON.parse(await open.text('api', '/api/sessions?limit=1000')) as {
    sessions: { traceId: string }[];
  };
  expect(sessions.sessions.length).toBeGreaterThan(20);
  const services = JSON.parse(await open.text('api', '/jaeger/api/services')) as { data: string[] };
  const paths = [
    '/api/verdicts',
    '/api/fleet',
    ...services.data.slice(0, 20).map((service) => `/jaeger/api/traces?service=${encodeURIComponent(service)}`),
    ...sessions.sessions.slice(0, 80).flatMap(({ traceId }) => [`/api/sessions/${traceId}`, `/api/traces/${traceId}`]),
  ];
  for (const path of paths) JSON.parse(await open.text('api', path));
});

test('the log has one line for each thing it says, and no control character', async () => {
  expect(open.logged).not.toMatch(/[^\P{Cc}\n]/u);
  expect(
    open.logged
      .split('\n')
      .filter((line) => line !== '' && !/^\d{4}-\d\d-\d\dT\S+ (debug|info|warn|error) /.test(line)),
  ).toEqual([]);
});

test('the dead-letter file has one record a line', () => {
  const lines = open.deadLetters.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines)
    expect(Object.keys(JSON.parse(line) as object)).toEqual(['at', 'source', 'reason', 'sample']);
});

describe('requests that are two, or none', () => {
  /** Sends bytes as they are; everything that comes back. */
  const raw = (request: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(open.ingestPort, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(answer)).on('error', reject);
      socket.end(request);
    });
  const head = 'POST /v1/beacon HTTP/1.1\r\nhost: x\r\n';

  for (const [name, request] of [
    ['two lengths', `${head}content-length: 2\r\ncontent-length: 40\r\n\r\n[]`],
    [
      'a length and chunks',
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\n\r\n`,
    ],
    ['chunks under another name', `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`],
    [
      'a header that goes on in the next line',
      `${head}x-a: 1\r\n transfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n`,
    ],
    ['a line feed in a header', `${head}x-a: 1\nx-b: 2\r\ncontent-length: 0\r\n\r\n`],
    ['a null in a header', `${head}x-a: a\0b\r\ncontent-length: 0\r\n\r\n`],
    ['a space before the colon', `${head}content-length : 2\r\n\r\n[]`],
    ['a chunk of a length that is none', `${head}transfer-encoding: chunked\r\n\r\n0x2\r\n[]\r\n0\r\n\r\n`],
  ] as const) {
    test(`${name}: one refusal and the end of the connection`, async () => {
      const answer = await raw(request);
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    });
  }

  test('nothing of a request is written into the head of an answer', async () => {
    const asked =
      'GET /v1/push/%0d%0aset-cookie:%20pwned HTTP/1.1\r\nhost: pwned\r\norigin: https://pwned\r\nx-amz-firehose-request-id: pwned\r\nconnection: close\r\n\r\n';
    const [headOfAnswer = ''] = (await raw(asked)).split('\r\n\r\n');
    expect(headOfAnswer).toMatch(/^HTTP\/1\.1 405/);
    expect(headOfAnswer).not.toContain('pwned');
  });
});

describe('a flood of names', () => {
  test('ends in other, and takes no name from what is configured', async () => {
    const flooded = await OpenCollector.start({
      metrics: { port: 0, labelBudget: { cdn: 8, player: 8, property: 8, pop: 8, viewer: 64 } },
      correlate: { settle: '1s', reorder: '0s' },
      sources: [{ name: 'edge', format: 'nginx-json', tier: 'edge', cdn: 'our-cdn', lateness: '1s' }],
    });
    try {
      const beacons = Array.from({ length: 400 }, (_, i) => {
        const own = {
          session: `flood-${i}`,
          player: `player-${i}`,
          property: `property-${i}`,
          cdn: `cdn-${i}`,
          content: `title-${i}`,
        };
        const url = `https://host-${i}.example/film/seg_1.m4s`;
        return [
          { ...own, event: 'play', ts: flooded.nowMs - 900, seq: 0 },
          { ...own, event: 'playing', ts: flooded.nowMs - 800, seq: 1 },
          {
            ...own,
            event: 'request',
            ts: flooded.nowMs - 700,
            seq: 2,
            url,
            status: 200,
            pop: `pop-${i}`,
            durationMs: 9,
            ttfbMs: 5,
            objectType: 'video',
          },
        ]
          .map((one) => JSON.stringify(one))
          .join('\n');
      });
      for (const body of beacons) await flooded.post('/v1/beacon', body, { 'user-agent': body.slice(12, 40) });
      await flooded.passes(30_000);
      await flooded.post('/v1/push/edge', `${nginxLine(flooded.nowMs, { sid: 'late' })}\n`);
      await flooded.passes(30_000);
      const samples = parseExposition(await flooded.text('metrics', '/metrics'));
      const valuesOf = (label: string) =>
        new Set(samples.map(({ labels }) => labels[label]).filter((value) => value !== undefined));
      for (const label of ['cdn', 'player', 'property', 'pop']) {
        expect(valuesOf(label).size, label).toBeLessThanOrEqual(10);
      }
      for (const label of ['cdn', 'player', 'property']) expect(valuesOf(label), label).toContain('other');
      expect(await flooded.requests('our-cdn')).toBe(1);
      expect(samples.length).toBeLessThan(3_000);
    } finally {
      await flooded.close();
    }
  }, 30_000);
});
