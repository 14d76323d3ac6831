import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { OtlpJsonRequest } from '../../collector/exporters/otlp-json.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { type CollectorProcess, startCollector, startDemo } from '../support/collector-process.ts';

/** `npm start` as people run it: a process, its output, its ports, its end. */

/** The promise to a newcomer, from the start of the process on, on a machine that has a processor for it. */
const PROMISED_MS = 10_000;
const FREE_PORTS = { PLAYPATH_INGEST_PORT: '0', PLAYPATH_METRICS_PORT: '0', PLAYPATH_API_PORT: '0' };

let running: CollectorProcess | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

type Sessions = { readonly sessions: readonly { readonly traceId: string; readonly outcome: string }[] };
type JaegerTraces = { readonly data: readonly { readonly traceID: string; readonly spans: readonly unknown[] }[] };

describe('without a configuration', () => {
  test('demo traffic shows sessions, traces and metrics within ten seconds', async () => {
    const startedMs = performance.now();
    running = await startDemo(FREE_PORTS);
    const { apiUrl, metricsUrl } = running;
    const traceId = await until(async () => {
      const { sessions } = await json<Sessions>(`${apiUrl}/api/sessions?limit=100`);
      for (const session of sessions) {
        const trace = await fetch(`${apiUrl}/api/traces/${session.traceId}`);
        if (trace.ok) return session.traceId;
      }
      return undefined;
    });
    const shown = await until(async () => {
      const metrics = parseExposition(await (await fetch(`${metricsUrl}/metrics`)).text());
      const total = (name: string) =>
        metrics.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
      const sessions = total('playpath_sessions_started_total');
      const requests = total('playpath_requests_total');
      const playing = total('playpath_playing_seconds_total');
      return sessions > 0 && requests > 0 && playing > 0 ? { sessions, requests } : undefined;
    });
    const tookMs = performance.now() - startedMs - running.waitedMs();

    const trace = await json<OtlpJsonRequest>(`${apiUrl}/api/traces/${traceId}`);
    expect(trace.resourceSpans.length).toBeGreaterThan(0);
    const jaeger = await json<JaegerTraces>(`${apiUrl}/jaeger/api/traces/${traceId}`);
    expect(jaeger.data[0]?.traceID).toBe(traceId);
    expect(jaeger.data[0]?.spans.length).toBeGreaterThan(0);
    const found = await json<JaegerTraces>(`${apiUrl}/jaeger/api/traces?service=player&limit=20`);
    expect(found.data.length).toBeGreaterThan(0);
    console.log(`demo: first trace and metrics ${Math.round(tookMs)} ms after the start, ${JSON.stringify(shown)}`);
    expect(tookMs).toBeLessThan(PROMISED_MS);
  });

  test('it says that it is a demo, what listens where and what to do next', async () => {
    running = await startDemo(FREE_PORTS);
    const { apiUrl, ingestUrl, metricsUrl } = running;
    const said = running.output();
    expect(said).toMatch(/demo traffic/i);
    expect(said).toMatch(/^Next: /m);
    for (const url of [ingestUrl, `${metricsUrl}/metrics`, apiUrl]) expect(said).toContain(url);
    const answers = await Promise.all(
      [`${ingestUrl}/player.js`, `${ingestUrl}/healthz`, `${metricsUrl}/metrics/collector`, apiUrl].map((url) =>
        fetch(url).then(({ status }) => status),
      ),
    );
    expect(answers).toEqual([200, 200, 200, 200]);
    expect(await running.stop()).toBe(0);
    expect(running.output()).not.toMatch(/error/i);
  });
});

describe('with a configuration', () => {
  test('it runs for real: no demo, what is pushed is counted, SIGTERM ends it with exit code 0', async () => {
    running = await startCollector({ sources: [{ name: 'edge', format: 'nginx-json', tier: 'edge', cdn: 'my-cdn' }] });
    const { apiUrl, ingestUrl, metricsUrl, output } = running;
    expect(output()).not.toMatch(/demo/i);
    expect(await json(`${apiUrl}/api/sessions`)).toMatchObject({ held: 0, sessions: [] });

    const line = JSON.stringify({
      ts: Date.now() / 1000,
      request_id: '0123456789abcdef',
      remote_addr: '198.51.100.7',
      host: 'cdn.example.com',
      method: 'GET',
      uri: '/film/v0/seg_001.m4s',
      args: 'CMCD=sid%3D%226e2fb550-c457-11e9-bb97-0800200c9a66%22',
      status: 200,
      body_bytes_sent: 1000,
      request_time: 0.1,
    });
    const pushed = await fetch(`${ingestUrl}/v1/push/edge`, { method: 'POST', body: `${line}\n` });
    expect([pushed.status, await pushed.json()]).toEqual([200, { accepted: 1, rejected: 0 }]);
    const text = await (await fetch(`${metricsUrl}/metrics`)).text();
    expect(text).toMatch(/^playpath_requests_total\{cdn="my-cdn",tier="edge",.*status_class="2xx".*\} 1$/m);

    expect(await running.stop()).toBe(0);
    await expect(fetch(`${apiUrl}/healthz`)).rejects.toThrow();
  });

  test.each([
    [
      'a mistake in the file',
      { sources: [{ name: 'edge', format: 'no-such-format', tier: 'edge' }] },
      /sources\[0\]\.format/,
    ],
    ['a port that is taken', { access: { open: true }, ingest: { port: 1, host: '192.0.2.1' } }, /listen/],
  ])('%s ends it with a sentence and exit code 1', async (_name, config, sentence) => {
    const ended = startCollector(config);
    await expect(ended).rejects.toThrow(/ended with 1/);
    await expect(ended).rejects.toThrow(sentence);
  });
});

async function json<Body>(url: string): Promise<Body> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return (await response.json()) as Body;
}

/** Asks a process of its own until it has an answer. */
async function until<Wanted>(ask: () => Promise<Wanted | undefined>): Promise<Wanted> {
  const deadline = performance.now() + 2 * PROMISED_MS;
  while (performance.now() < deadline) {
    const found = await ask();
    if (found !== undefined) return found;
    await delay(200);
  }
  throw new Error('nothing showed up');
}
