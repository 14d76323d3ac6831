import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseExposition } from '../metrics/exposition.ts';
import { dateTime } from '../support/log-lines.ts';
import { replayOutput } from '../support/replay-output.ts';

/** A scenario for each platform class, in formats that really come: through decoder, correlation and metrics. */

const T0 = Date.parse('2026-03-01T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'playpath-audience-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OVERCAST = 'Overcast/3.0 (+http://overcast.fm/; iOS podcast app)';
const PODCASTS = 'Podcasts/1650.1 CFNetwork/1333.0.4 Darwin/21.5.0';
const RADIO = 'VeryOwnRadio/2.1 (Linux;Android 14) ExoPlayerLib/2.19.1';
const TELEVISION = 'Roku/DVP-12.5 (12.5.0.4178-88)';
const GET = (path: string, facts: Partial<Line> = {}): Line => ({ path, status: 206, bytes: 1_600_000, ...facts });

type Line = {
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  readonly method?: string;
  readonly agent?: string;
  readonly atS?: number;
  readonly address?: string;
};

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** nginx's own `combined`. */
function nginx({ path, status, bytes, method = 'GET', agent = OVERCAST, atS = 0, address = '198.51.100.7' }: Line) {
  const at = new Date(T0 + atS * 1_000);
  const time = at.toISOString().slice(11, 19);
  const day = `${String(at.getUTCDate()).padStart(2, '0')}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${address} - - [${day}:${time} +0000] "${method} ${path} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`;
}

const FIELDS =
  '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-edge-result-type x-edge-request-id x-host-header time-taken';
let serial = 0;

/** CloudFront's standard log. */
function cloudFront({
  path,
  status,
  bytes,
  method = 'GET',
  agent = OVERCAST,
  atS = 0,
  address = '198.51.100.7',
}: Line) {
  const who = [address, method, 'd1.cloudfront.net', path, status, '-', encodeURIComponent(agent), '-'];
  const id = `SYNTHETIC_${serial++}==`;
  return [...dateTime(T0 + atS * 1_000), 'FRA50-P1', bytes, ...who, 'Hit', id, 'cdn.example.com', '0.400'].join('\t');
}

const WRITERS = {
  'nginx-combined': (lines: readonly Line[]) => lines.map(nginx),
  'cloudfront-standard': (lines: readonly Line[]) => ['#Version: 1.0', FIELDS, ...lines.map(cloudFront)],
} as const;

type Numbers = Record<string, number>;

/** What the audience counters say after a replay: `platform_class name` → value, and what was left out by reason. */
async function audienceOf(name: string, sources: Readonly<Record<string, readonly string[]>>): Promise<Numbers> {
  const files = Object.entries(sources).map(([format, lines], index) => {
    const path = join(folder, `${name}-${index}.log`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return `${path}=${format}:${format === 'capture' ? 'player:player' : 'edge:edge-a'}`;
  });
  const { metrics } = await replayOutput(files);
  const numbers: Numbers = {};
  for (const { name: metric, labels, value } of parseExposition(metrics)) {
    const short = /^playpath_audience_(\w+)_total$/.exec(metric)?.[1];
    if (short === undefined || value === 0) continue;
    if (short !== 'excluded') expect(labels.window).toBe('rolling');
    const key = `${labels.platform_class ?? labels.reason} ${short}`;
    numbers[key] = (numbers[key] ?? 0) + value;
  }
  return numbers;
}

for (const format of ['nginx-combined', 'cloudfront-standard'] as const) {
  const of = (name: string, lines: readonly Line[]) =>
    audienceOf(`${format}-${name}`, { [format]: WRITERS[format](lines) });

  test(`${format}: podcast apps that probe, stream, come back and download`, async () => {
    const numbers = await of('podcast', [
      GET('/show/1.mp3', { bytes: 2 }),
      GET('/show/1.mp3', { atS: 1 }),
      GET('/show/1.mp3', { atS: 3_600, bytes: 80_000 }),
      GET('/show/2.mp3', { atS: 10, bytes: 69_999 }),
      GET('/show/1.mp3', { status: 200, agent: PODCASTS, bytes: 9_000_000, address: '203.0.113.5' }),
      GET('/show/1.mp3', { method: 'HEAD', bytes: 0, agent: PODCASTS, address: '203.0.113.6' }),
      GET('/show/1.mp3', { status: 404, bytes: 500, agent: PODCASTS, address: '203.0.113.6' }),
      GET('/show/1.mp3', { agent: 'castget 1.2.4', address: '203.0.113.7' }),
    ]);
    // 2 + 1,600,000 + 80,000 bytes at 128 kbit/s: nginx does not say which part of the file a 206 was.
    expect(numbers).toMatchObject({
      'external_audio starts': 1,
      'external_audio streams': 1,
      'external_audio downloads': 1,
      'external_audio devices': 2,
      'method excluded': 1,
      'client_error excluded': 1,
      'validation excluded': 1,
      'bot excluded': 1,
    });
    expect(numbers['external_audio consumption_seconds']).toBeCloseTo(1_680_002 / 16_000, 3);
  });

  test(`${format}: radio over HLS in segments of 48,000 bytes`, async () => {
    const lines = [GET('/radio/live.m3u8', { status: 200, bytes: 400, agent: RADIO })];
    for (let i = 0; i < 20; i++)
      lines.push(GET(`/radio/seg-${i}.aac`, { status: 200, bytes: 48_000, agent: RADIO, atS: i * 6 }));
    const numbers = await of('radio', lines);
    expect(numbers).toMatchObject({ 'external_audio starts': 1, 'external_audio streams': 1 });
    expect(numbers['external_audio downloads']).toBeUndefined();
    // Twenty segments of six seconds, of which the last needs no successor to be heard.
    expect(numbers['external_audio consumption_seconds']).toBeGreaterThan(100);
    expect(numbers['external_audio consumption_seconds']).toBeLessThanOrEqual(130);
  });

  test(`${format}: a television that only fetches has starts, and no made-up zero`, async () => {
    const lines = [GET('/film/main.m3u8', { status: 200, bytes: 900, agent: TELEVISION })];
    for (let i = 0; i < 10; i++) lines.push(GET(`/film/v/seg-${i}.ts`, { status: 200, agent: TELEVISION, atS: i * 4 }));
    expect(await of('film', lines)).toEqual({ 'external_video starts': 1, 'external_video devices': 1 });
  });

  test(`${format}: a platform that downloads to its own servers`, async () => {
    const numbers = await of('cache', [
      GET('/show/1.mp3', { status: 200, bytes: 9_000_000, agent: 'Spotify/1.0' }),
      GET('/show/2.mp3', { status: 206, bytes: 9_000_000, agent: 'Spotify/1.0' }),
    ]);
    expect(numbers).toEqual({ 'external_cached downloads': 1, 'external_cached devices': 1 });
  });
}

test('parts of a file that are heard twice count once where the log says which they were', async () => {
  const part = (first: number, last: number, atS: number): string =>
    JSON.stringify({
      msec: T0 / 1_000 + atS,
      remote_addr: '198.51.100.7',
      request_method: 'GET',
      request_uri: '/show/1.mp3',
      status: 206,
      body_bytes_sent: last - first + 1,
      http_user_agent: OVERCAST,
      http_range: `bytes=${first}-${last}`,
    });
  const lines = [
    part(0, 799_999, 0),
    part(800_000, 1_599_999, 40),
    part(0, 799_999, 90),
    part(400_000, 1_199_999, 130),
  ];
  const numbers = await audienceOf('ranges', { 'nginx-json': lines });
  expect(numbers).toMatchObject({ 'external_audio starts': 1, 'external_audio streams': 1 });
  expect(numbers['external_audio consumption_seconds']).toBeCloseTo(1_600_000 / 16_000, 3);
});

test('icecast: a line is a whole listen, written at its end', async () => {
  const listen = (path: string, seconds: number, facts: Partial<Line> = {}): string =>
    `${nginx({ path, status: 200, bytes: seconds * 16_000, agent: RADIO, atS: seconds, ...facts })} ${seconds}`;
  const numbers = await audienceOf('icecast', {
    icecast: [
      listen('/jazz', 20),
      listen('/jazz', 3_600, { address: '203.0.113.5', atS: 3_600 }),
      // Comes back after an hour: the same start, more time.
      listen('/jazz', 600, { address: '203.0.113.5', atS: 7_800 }),
      listen('/jazz', 4, { address: '203.0.113.6', bytes: 64_000 }),
      listen('/jazz', 0, { address: '203.0.113.7', method: 'HEAD', bytes: 0 }),
      listen('/jazz', 86_400, { address: '203.0.113.8', method: 'SOURCE', bytes: 19, atS: 8_000 }),
      listen('/gone', 0, { address: '203.0.113.9', status: 404, bytes: 341 }),
      listen('/status.xsl', 0, { bytes: 4_000 }),
    ],
  });
  expect(numbers).toMatchObject({
    'external_audio starts': 2,
    'external_audio streams': 1,
    'external_audio devices': 2,
    'validation excluded': 1,
    'method excluded': 2,
    'client_error excluded': 1,
  });
  expect(numbers['external_audio downloads']).toBeUndefined();
  expect(numbers['external_audio consumption_seconds']).toBeCloseTo(20 + 3_600 + 600, 3);
});

test('beacons beside nginx: the player tells, its lines do not count again', async () => {
  const session = '7d6f0a52-4f0e-4c5e-9b53-8a3a2f5d9f10';
  const event = (name: string, afterMs: number, seq: number) => ({ event: name, ts: T0 + afterMs, seq });
  const body = JSON.stringify({
    session,
    content: 'film-1',
    player: 'hls.js',
    events: [
      event('play', 0, 0),
      event('playback_start', 800, 1),
      event('content_end', 60_800, 2),
      { ...event('file_downloaded', 61_000, 3), url: 'https://cdn.example.com/film-1.mp4' },
    ],
  });
  const capture = [JSON.stringify({ recv: T0 + 61_500, kind: 'playpath', ct: 'text/plain', body })];
  const cmcd = encodeURIComponent(`ot=a,sf=h,sid="${session}"`);
  const lines = Array.from({ length: 10 }, (_, i) =>
    GET(`/film/a/seg-${i}.m4s?CMCD=${cmcd}`, { status: 200, bytes: 90_000, agent: RADIO, atS: i * 6 }),
  );
  const numbers = await audienceOf('beacons', { 'nginx-combined': WRITERS['nginx-combined'](lines), capture });
  expect(numbers).toMatchObject({ 'player_full starts': 1, 'player_full streams': 1, 'player_full downloads': 1 });
  expect(numbers['player_full consumption_seconds']).toBeCloseTo(60, 1);
  expect(Object.keys(numbers).filter((key) => key.startsWith('external'))).toEqual([]);
});
