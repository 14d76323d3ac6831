import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runReplay } from '../../collector/commands/replay-command.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import type { InsertBatch, Store, StoreAnswer } from '../../collector/store/store.ts';
import { runLab } from '../lab/lab.ts';
import { LabFiles } from '../lab/lab-files.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { labSources } from '../lab/sources.ts';
import { OpenCollector } from '../support/open-collector.ts';
import { OtlpSink } from '../support/otlp-sink.ts';
import { everyWayIn } from '../support/ways-in/every-way-in.ts';
import { LOG_SOURCES, linesOf } from '../support/ways-in/log-lines.ts';
import { type Planted, sessionOf } from '../support/ways-in/planted.ts';

/**
 * semantics.md section 9: no raw address, token or cookie leaves the receiver. Secrets that are known stand wherever
 * a sender can put one, and everything that comes out of a collector is searched for them.
 */

const V4 = '198.51.100.77';
const V6 = '2001:db8:1234:5678:9abc:def0:1111:2222';
const FORWARDED = '203.0.113.88';
const SECRET = 'S3CRET';

/** Spellings of the addresses, whole: what is left of them after the cut is not among them. */
const ADDRESSES = [V4, FORWARDED, V6, V6.replaceAll(':', '%3A'), V6.replaceAll(':', '%253A')];
const LEAKS = new RegExp([SECRET, ...ADDRESSES.map((text) => text.replaceAll('.', '\\.'))].join('|'), 'i');

const query = [
  `token=${SECRET}-token`,
  `Signature=${SECRET}~signature`,
  `Policy=${SECRET}_policy`,
  `%74oken=${SECRET}-encoded-name`,
  `X-Amz-Security-Token=${SECRET}-amz`,
  `own_ticket=${SECRET}-configured`,
  `ip=${V4}`,
  `ip6=${encodeURIComponent(V6)}`,
  `x=${V6}`,
  'keep=1',
].join('&');

function planted(atMs: number, address: string): Planted {
  const text = `film https://h.example/a?token=${SECRET}-text&ip=${V4} from [${V6}], Bearer ${SECRET}-bearer`;
  return {
    atMs,
    address,
    forwardedFor: `${FORWARDED}, 10.1.2.3`,
    userAgent: `Mozilla/5.0 (X11) Player/1.0 token=${SECRET}-agent ${V4}`,
    path: `/live/hdntl=exp=17~acl=/*~hmac=${SECRET}path/${V4}/seg_1.m4s`,
    query,
    referer: `https://site.example/watch?access_token=${SECRET}-referer&ip=${V4}`,
    cookie: `session=${SECRET}-cookie; CloudFront-Signature=${SECRET}-signed`,
    text,
    extra: { ip: address, password: `${SECRET}-member`, set_cookie: `id=${SECRET}-member` },
  };
}

/** Where the leaks are, with what stands around them. */
function leaksIn(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(`.{0,60}(?:${LEAKS.source}).{0,20}`, 'gi'))].map(([found]) => found).slice(0, 5);
}

/** A store that keeps what it is given as it came. */
class RecordingStore implements Store {
  readonly kind = 'embedded';
  readonly rows: string[] = [];
  readonly tables = new Set<string>();

  async insert({ table, lines }: InsertBatch): Promise<void> {
    this.tables.add(table);
    this.rows.push(...lines.toString().trimEnd().split('\n'));
  }

  async exec(): Promise<void> {}

  async query(): Promise<StoreAnswer> {
    return { columns: [], rows: [] };
  }

  async close(): Promise<void> {}
}

test('every format has its secrets planted', () => {
  expect(new Set(LOG_SOURCES.map(({ format }) => format))).toEqual(new Set(FORMATS.keys()));
});

describe('a running collector', () => {
  let open: OpenCollector;
  let sink: OtlpSink;
  const store = new RecordingStore();

  beforeAll(async () => {
    sink = await OtlpSink.listen();
    open = await OpenCollector.start(
      {
        ingest: { port: 0, trustedProxies: ['127.0.0.1'] },
        correlate: { detail: 'full', settle: '1s', reorder: '0s', idleClose: '10s' },
        export: { otlp: { endpoint: sink.endpoint } },
        privacy: { redact: ['own_ticket'] },
        store: { deliveries: { enabled: true } },
        sources: LOG_SOURCES,
      },
      store,
    );
    for (const address of [V4, V6]) {
      for (const { path, headers, body, name } of everyWayIn(planted(open.nowMs - 2_000, address))) {
        const answer = await open.post(path, body, headers);
        const text = await answer.text();
        expect(answer.status, `${name}: ${text}`).toBeLessThan(300);
        expect(leaksIn(`${JSON.stringify([...answer.headers])} ${text}`), name).toEqual([]);
      }
    }
    await open.passes(30_000);
  });
  afterAll(async () => {
    await open.close();
    await sink.close();
  });

  test('knows a session of every way in, so that there is something to leak', async () => {
    const known = await open.text('api', '/api/sessions?limit=1000');
    for (const name of ['beacon', 'epas', 'ivs', 'cmcd', 'otlp traces', 'otlp logs', 'faro', 'firehose', 'gzip']) {
      expect(known, name).toContain(sessionOf(name));
    }
    for (const { format } of LOG_SOURCES) expect(known, format).toContain(sessionOf(format));
  });

  test('shows none in metrics', async () => {
    for (const path of ['/metrics', '/metrics/collector', '/healthz']) {
      expect(leaksIn(await open.text('metrics', path)), path).toEqual([]);
    }
    const openMetrics = { accept: 'application/openmetrics-text' };
    expect(leaksIn(await open.text('metrics', '/metrics', openMetrics))).toEqual([]);
  });

  test('shows none in the query API, the page and the API of Jaeger', async () => {
    const { sessions } = JSON.parse(await open.text('api', '/api/sessions?limit=1000')) as {
      sessions: { traceId: string }[];
    };
    const services = JSON.parse(await open.text('api', '/jaeger/api/services')) as { data: string[] };
    const paths = [
      '/?plain',
      '/api/sessions?limit=1000',
      '/api/fleet',
      '/api/verdicts',
      '/jaeger/api/services',
      ...services.data.map((service) => `/jaeger/api/traces?limit=1000&service=${encodeURIComponent(service)}`),
      ...services.data.map((service) => `/jaeger/api/services/${encodeURIComponent(service)}/operations`),
      ...sessions.flatMap(({ traceId }) => [
        `/api/sessions/${traceId}`,
        `/api/traces/${traceId}`,
        `/jaeger/api/traces/${traceId}`,
      ]),
    ];
    for (const path of paths) expect(leaksIn(await open.text('api', path)), path).toEqual([]);
  });

  test('sends none, stores none, keeps none in a file and says none', async () => {
    await open.stop();
    expect(sink.exports.length).toBeGreaterThan(0);
    expect(leaksIn(JSON.stringify(sink.exports.map(({ request }) => request)))).toEqual([]);
    expect([...store.tables].toSorted()).toEqual(expect.arrayContaining(['playpath.deliveries', 'playpath.sessions']));
    expect(store.rows.length).toBeGreaterThan(50);
    expect(leaksIn(store.rows.join('\n'))).toEqual([]);
    const files = readdirSync(open.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    expect(files.map(({ name }) => name)).toContain('dead-letter.ndjson');
    expect(open.deadLetters.split('\n').length).toBeGreaterThan(20);
    for (const { parentPath, name } of files) {
      expect(leaksIn(readFileSync(join(parentPath, name), 'latin1')), name).toEqual([]);
    }
    expect(leaksIn(open.logged)).toEqual([]);
  });
});

/** Every address in the traffic of a fleet, as its logs have them. */
function addressesOf(folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [address] of text.matchAll(
      /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|2[0-9a-f]{3}(?::[0-9a-f]{0,4}){2,7})(?![\w.:])/g,
    )) {
      if (!/\.0$|::$/.test(address)) found.add(address);
    }
  }
  return found;
}

describe('a replay', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'playpath-privacy-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const replayed = async (sources: readonly string[]): Promise<string> => {
    const out = join(folder, 'out');
    const printed: string[] = [];
    const print = (line: string): void => void printed.push(line);
    await runReplay({ source: sources, detail: 'full', out, version: '0.0.0', print });
    const files = readdirSync(out).map((file) => readFileSync(join(out, file), 'utf8'));
    expect(files.join('').length).toBeGreaterThan(10_000);
    return [...files, ...printed].join('\n');
  };

  test('of logs with secrets in them writes and prints none', async () => {
    const atMs = Date.UTC(2026, 10, 21, 12);
    const sources = LOG_SOURCES.filter(({ format }) => format !== 'cloudfront-realtime').map(({ format, tier }) => {
      const file = join(folder, `${format}.log`);
      // A replay has no list of names of its own.
      const lines = [V4, V6].flatMap((address) => {
        const own = planted(atMs, address);
        return linesOf(format, sessionOf(format), { ...own, query: own.query.replace(/own_ticket=[^&]*&/, '') });
      });
      writeFileSync(file, `${lines.join('\n')}\n`);
      return `${file}=${format}:${tier}:${format}`;
    });
    expect(leaksIn(await replayed(sources))).toEqual([]);
  });

  test('of a fleet’s logs holds none of the addresses that were in them', async () => {
    const scenario = SCENARIOS.get('demo') as Scenario;
    const files = join(folder, 'lab');
    const disk = new LabFiles(files, labSources(scenario));
    const startMs = Date.UTC(2026, 10, 21, 20);
    disk.close(runLab(scenario, { seed: 7, startMs, durationMs: 120_000, sink: disk }));
    const addresses = addressesOf(files);
    expect(addresses.size).toBeGreaterThan(20);
    const sources = labSources(scenario).map(
      ({ file, format, tier, name }) => `${join(files, file)}=${format}:${tier}:${name}`,
    );
    const text = await replayed(sources);
    expect([...addresses].filter((address) => text.includes(address))).toEqual([]);
  });
});
