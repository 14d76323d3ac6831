import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../collector/doctor/finding.ts';
import { findingsOfMetrics, samplesOf } from '../../collector/doctor/live-findings.ts';
import { runDoctor } from '../../collector/doctor/run-doctor.ts';

const RECORDINGS = fileURLToPath(new URL('../fixtures/recordings/', import.meta.url));
const CONNECT = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function examine(options: Parameters<typeof runDoctor>[0] | string): Promise<readonly Finding[]> {
  const given = typeof options === 'string' ? { folder: options, print: () => {} } : options;
  const found = await runDoctor(given);
  // The rig's own notes lie beside the logs.
  return found.filter(({ id, source }) => id !== 'unknown_format' || !/^(?:console\.txt|truth\.json)$/.test(source));
}

const idsOf = (found: readonly Finding[]): string[] => found.map(({ id, source }) => `${source} ${id}`.trim());

describe('real players behind real servers', () => {
  test.each([
    ['hls-nocmcd', ['edge-a cmcd_missing', 'no_player']],
    ['hls-headers-tp', ['edge-a cmcd_in_headers', 'edge-b cmcd_in_headers', 'sink request_id_not_exposed']],
    ['dash-failover-nokeys', ['sink player_without_session']],
    ['shaka-failover', ['sink request_id_not_exposed', 'sink states_missing']],
    ['hls-baseline', ['sink request_id_not_exposed']],
    ['hls-hook', []],
    ['rid-hls', []],
    ['rid-dash', []],
  ] as const)('%s', async (run, expected) => {
    expect(idsOf(await examine(join(RECORDINGS, run))).filter((id) => id !== 'nothing')).toEqual(expected);
  });
});

/** A copy of a recorded run whose files can be spoilt. */
function copyOf(run: string): (file: string, change: (lines: string[]) => string[]) => void {
  cpSync(join(RECORDINGS, run), folder, { recursive: true });
  rmSync(join(folder, 'console.txt'));
  return (file, change) => {
    const path = join(folder, file);
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    writeFileSync(path, `${change(lines).join('\n')}\n`);
  };
}

const inJson = (change: (record: Record<string, unknown>) => void) => (lines: string[]) =>
  lines.map((line) => {
    const record = JSON.parse(line) as Record<string, unknown>;
    change(record);
    return JSON.stringify(record);
  });

describe('logs with something wrong', () => {
  test('a sampled log: the numbers of the players show what is missing', async () => {
    const spoil = copyOf('hls-failover2');
    for (const file of ['edge-a.json', 'edge-b.json']) spoil(file, (lines) => lines.filter((_, i) => i % 3 === 0));
    const found = await examine(folder);
    expect(idsOf(found)).toContain('edge-a, edge-b logs_sampled');
    expect(found.find(({ id }) => id === 'logs_sampled')?.says).toMatch(
      /players counted \d+ requests, and \d+ % of them/,
    );
  });

  test('an origin whose clock is an hour off', async () => {
    copyOf('rid-hls')(
      'origin.json',
      inJson((record) => (record.ts = (record.ts as number) + 3600)),
    );
    const found = await examine(folder);
    expect(idsOf(found)).toContain('origin clock_skew');
    expect(found.find(({ id }) => id === 'clock_skew')?.says).toMatch(/its clock is about 3\d{3}\.\d s ahead of/);
  });

  test('lines without request ids', async () => {
    const spoil = copyOf('rid-hls');
    for (const file of ['edge-a.json', 'edge-b.json'])
      spoil(
        file,
        inJson((record) => (record.request_id = '')),
      );
    expect(idsOf(await examine(folder))).toContain('edge-b request_id_missing');
  });

  test('ids that the edge does not hand on', async () => {
    copyOf('rid-hls')(
      'origin.json',
      inJson((record) => (record.x_request_id = '')),
    );
    expect(idsOf(await examine(folder))).toContain('origin request_id_not_forwarded');
  });

  test('a cache key with CMCD in it: what was just fetched is a miss again', async () => {
    const spoil = copyOf('hls-baseline');
    spoil('edge-a.json', (lines) => {
      const second = inJson((record) => {
        record.ts = (record.ts as number) + 60;
        record.request_id = `${String(record.request_id).slice(0, -4)}beef`;
      })(lines);
      return inJson((record) => (record.cache_status = 'MISS'))([...lines, ...second]);
    });
    const found = await examine(folder);
    expect(idsOf(found)).toContain('edge-a cache_key_polluted');
    expect(found.find(({ id }) => id === 'cache_key_polluted')?.fix).toContain('proxy_cache_key $uri;');
  });

  test('a format that is not what the source writes', async () => {
    const print = (): void => {};
    const source = [`${join(RECORDINGS, 'hls-baseline', 'edge-a.log')}=cloudfront-standard:edge:cf`];
    const found = await examine({ source, print });
    expect(found[0]).toMatchObject({ level: 'broken', id: 'format_mismatch', source: 'cf' });
    expect(found[0]?.fix).toContain('docs/connect/cloudfront.md');
  });

  test('a file in no known format', async () => {
    writeFileSync(join(folder, 'diary.log'), 'dear diary\ntoday I wrote a log\n');
    expect(idsOf(await examine(folder))).toContain('diary.log unknown_format');
  });
});

describe('a collector that runs', () => {
  const metrics = (lines: string): string[] => idsOf(findingsOfMetrics(samplesOf(lines)));
  test.each([
    ['nothing', 'playpath_received_total{source="cf"} 1000', 'nothing'],
    [
      'refused lines',
      'playpath_received_total{source="cf"} 1000\nplaypath_rejected_total{source="cf",reason="too_few_fields"} 900',
      'cf format_mismatch',
    ],
    [
      'late lines',
      'playpath_received_total{source="cf"} 1000\nplaypath_late_records_total{source="cf"} 300',
      'cf source_late',
    ],
    [
      'wrong clocks',
      'playpath_received_total{source="cf"} 1000\nplaypath_suspect_clock_records_total{source="cf"} 800',
      'cf clock_skew',
    ],
    [
      'no CMCD',
      'playpath_requests_total{tier="edge"} 1000\nplaypath_joins_total{method="device+url+time"} 900',
      'cmcd_missing',
    ],
    [
      'no players',
      'playpath_sessions_by_visibility_total{visibility="server"} 90\nplaypath_sessions_by_visibility_total{visibility="both"} 10',
      'player no_player',
    ],
    [
      'no lines of many sessions',
      'playpath_sessions_by_visibility_total{visibility="player"} 60\nplaypath_sessions_by_visibility_total{visibility="both"} 40',
      'logs_sampled',
    ],
    [
      'no request ids',
      'playpath_joins_total{method="sid+time"} 500\nplaypath_joins_total{method="request_id"} 10',
      'request_id_missing',
    ],
    [
      'a polluted cache key',
      'playpath_requests_total{cdn="a",tier="edge",object_type="video",cache="miss"} 990\n' +
        'playpath_requests_total{cdn="a",tier="edge",object_type="video",cache="hit"} 10',
      'a cache_key_polluted',
    ],
  ])('%s', (_, text, expected) => {
    expect(metrics(text)).toEqual([expected]);
  });

  test('its page of metrics is fetched, and findings are printed with what to do', async () => {
    const server = createServer((_, response) => {
      response.end(
        'playpath_received_total{source="cf"} 100\nplaypath_rejected_total{source="cf",reason="bad_time"} 90\n',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const printed: string[] = [];
    await runDoctor({ url: `http://127.0.0.1:${port}/metrics`, print: (line) => printed.push(line) });
    await new Promise((resolve) => server.close(resolve));
    expect(printed).toEqual([
      'BROKEN  cf: 90 % of its records are refused, most of them because of bad_time',
      expect.stringMatching(/^ {8}→ samples are in the dead-letter file/),
      '1 broken, 0 weak',
    ]);
  });

  test('it shows the token of a variable, and without it says that one was asked for', async () => {
    const server = createServer(({ headers }, response) => {
      if (headers.authorization !== 'Bearer token-of-operator1') response.statusCode = 401;
      response.end('playpath_received_total{source="cf"} 100\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    process.env.DOCTOR_TEST_TOKEN = 'token-of-operator1';
    try {
      await expect(runDoctor({ url, print: () => {} })).rejects.toThrow(/HTTP 401/);
      await expect(runDoctor({ url, tokenEnv: 'DOCTOR_TEST_TOKEN', print: () => {} })).resolves.toBeInstanceOf(Array);
    } finally {
      delete process.env.DOCTOR_TEST_TOKEN;
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('its address is enough; another port than that of the metrics is named as the mistake it is', async () => {
    const server = createServer(({ url }, response) => {
      response.statusCode = url === '/metrics' ? 200 : 404;
      response.end(url === '/metrics' ? 'playpath_received_total{source="cf"} 100\n' : 'nothing here');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      for (const url of [`http://${address}`, `http://${address}/`, address]) {
        await expect(runDoctor({ url, print: () => {} })).resolves.toBeInstanceOf(Array);
      }
      const elsewhere = runDoctor({ url: `http://${address}/fleet`, print: () => {} });
      await expect(elsewhere).rejects.toThrow(/HTTP 404; the metrics page is on port 9464 unless metrics\.port/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    await expect(runDoctor({ url: 'http://[', print: () => {} })).rejects.toMatchObject({ code: 'config_invalid' });
  });

  test('an answer that is no page of a collector is no collector without faults', async () => {
    const server = createServer((_, response) => response.end('<!doctype html><title>Playpath</title>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(runDoctor({ url, print: () => {} })).rejects.toThrow(/no metrics of Playpath; the metrics page is on/);
    await new Promise((resolve) => server.close(resolve));
  });

  test('an address where nothing answers is an error that says so', async () => {
    const url = 'http://127.0.0.1:1/metrics';
    await expect(runDoctor({ url, print: () => {} })).rejects.toMatchObject({ code: 'log_unreadable' });
  });
});

test('every page a fix names exists', async () => {
  const found = [
    ...(await examine(join(RECORDINGS, 'hls-nocmcd'))),
    ...(await examine(join(RECORDINGS, 'hls-headers-tp'))),
    ...(await examine(join(RECORDINGS, 'shaka-failover'))),
  ];
  const pages = new Set(found.flatMap(({ fix }) => fix.match(/docs\/[\w/-]+\.md/g) ?? []));
  expect(pages.size).toBeGreaterThan(2);
  for (const page of pages) expect(() => readFileSync(join(CONNECT, page)), page).not.toThrow();
});
