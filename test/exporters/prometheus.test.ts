import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { NO_TLS } from '../../collector/access/tls.ts';
import { AccessTokens } from '../../collector/access/tokens.ts';
import { PrometheusEndpoint, type PrometheusOptions, renderText } from '../../collector/exporters/prometheus.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import type { MetricFamily } from '../../collector/model/metric.ts';
import { driveEverything } from '../metrics/everything.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { incident, joined, report, SESSION, T0, VIEWER } from '../metrics/facts.ts';

const metrics = createMetrics();
driveEverything(metrics);

describe('OpenMetrics', () => {
  test('says the same as the classic text', async () => {
    const [text, openMetrics] = await Promise.all([
      renderText(metrics.families()),
      renderText(metrics.families(), 'openmetrics'),
    ]);
    const withoutExemplars = parseExposition(openMetrics).map((sample) => ({ ...sample, exemplar: '' }));
    expect(withoutExemplars).toEqual(parseExposition(text));
    expect(text).not.toContain('trace_id');
  });

  test('names a counter without _total and ends with EOF', async () => {
    const text = await renderText(metrics.families(), 'openmetrics');
    expect(text).toContain('# TYPE playpath_requests counter\nplaypath_requests_total{');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });

  test('an exemplar sits on the bucket its value falls into, and on no other', async () => {
    const fresh = createMetrics();
    fresh.tick(T0);
    fresh.startup(SESSION, VIEWER, 840);
    const buckets = parseExposition(await renderText(fresh.families(), 'openmetrics')).filter(
      ({ name }) => name === 'playpath_startup_seconds_bucket',
    );
    expect(
      buckets.filter(({ exemplar }) => exemplar !== '').map(({ labels, exemplar }) => [labels.le, exemplar]),
    ).toEqual([['1', `{trace_id="${SESSION.traceId}"} 0.84 ${T0 / 1000}`]]);
  });

  test('a value above every bound is an exemplar of +Inf', async () => {
    const fresh = createMetrics();
    fresh.tick(T0);
    fresh.startup(SESSION, VIEWER, 61_000);
    const marked = parseExposition(await renderText(fresh.families(), 'openmetrics')).filter(
      ({ exemplar }) => exemplar !== '',
    );
    expect(marked.map(({ labels }) => labels.le)).toEqual(['+Inf']);
  });

  test('counters, and the delivery of a session once it is joined, link to the trace', async () => {
    const fresh = createMetrics();
    const failed = report({ status: 503 });
    fresh.delivery(failed);
    fresh.request(SESSION, joined({ edge: { report: failed, joinMethod: '', joinConfidence: 0 } }));
    fresh.incident(SESSION, VIEWER, incident());
    const marked = parseExposition(await renderText(fresh.families(), 'openmetrics')).filter(
      ({ exemplar }) => exemplar !== '',
    );
    expect(new Set(marked.map(({ name }) => name))).toEqual(
      new Set([
        'playpath_request_errors_total',
        'playpath_ttfb_seconds_bucket',
        'playpath_incidents_total',
        'playpath_stalls_total',
      ]),
    );
    for (const { exemplar } of marked) expect(exemplar).toContain(`{trace_id="${SESSION.traceId}"}`);
    // Dated with our clock: the edge line was received at T0 + 2 s.
    expect(marked[0]?.exemplar.endsWith(` ${(T0 + 2_000) / 1000}`)).toBe(true);
  });

  test('before any time was told an exemplar would be undated: there is none', async () => {
    const fresh = createMetrics();
    fresh.startup(SESSION, VIEWER, 840);
    expect(await renderText(fresh.families(), 'openmetrics')).not.toContain('trace_id');
  });
});

describe('the endpoint', () => {
  const open: PrometheusEndpoint[] = [];
  afterEach(async () => {
    for (const endpoint of open.splice(0)) await endpoint.close();
  });

  async function serve(options: Partial<PrometheusOptions> = {}) {
    const endpoint = new PrometheusEndpoint({
      host: '127.0.0.1',
      port: 0,
      families: () => metrics.families(),
      collector: (_, response) => response.end('own'),
      tokens: new AccessTokens([]),
      tls: NO_TLS,
      health: () => '',
      ...options,
    });
    open.push(endpoint);
    return { endpoint, port: await endpoint.start() };
  }

  test('with tokens, the metrics of all tenants are shown to who may see all of them', async () => {
    const tokens = new AccessTokens([
      { name: 'prometheus', tenant: '*', purpose: 'query', token: 'token-of-operator1' },
      { name: 'acme', tenant: 'acme', purpose: 'query', token: 'token-of-acme-0001' },
    ]);
    const { port } = await serve({ tokens });
    const status = async (path: string, token = '') => {
      const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status;
    };
    for (const path of ['/metrics', '/metrics/collector', '/nothing']) {
      expect([await status(path), await status(path, 'token-of-acme-0001')]).toEqual([401, 403]);
    }
    expect(await status('/metrics', 'token-of-operator1')).toBe(200);
    expect(await status('/metrics/collector', 'token-of-operator1')).toBe(200);
    expect(await status('/healthz')).toBe(200);
  });

  test.each([
    ['nothing', '', 'text/plain; version=0.0.4; charset=utf-8'],
    ['anything', '*/*', 'text/plain; version=0.0.4; charset=utf-8'],
    [
      'OpenMetrics first, as Prometheus does',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ],
    [
      'anything but OpenMetrics',
      'application/openmetrics-text;q=0.0, text/plain',
      'text/plain; version=0.0.4; charset=utf-8',
    ],
  ])('to a client that accepts %s', async (_, accept, contentType) => {
    const { port } = await serve();
    const answer = await get(port, '/metrics', { headers: accept === '' ? {} : { accept } });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.text.includes('# EOF')).toBe(contentType.startsWith('application/openmetrics'));
    expect(answer.text).toContain('playpath_requests_total{cdn="edge-a"');
  });

  test('every path', async () => {
    const { port } = await serve();
    expect((await get(port, '/metrics?x=1')).status).toBe(200);
    expect((await get(port, '/metrics/collector')).text).toBe('own');
    expect(await get(port, '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect((await get(port, '/')).status).toBe(404);
    expect(await get(port, '/metrics', { method: 'POST' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
    expect(await get(port, '/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  test('says what is wrong', async () => {
    const { port } = await serve({ health: () => 'partition 3 is paused' });
    expect(await get(port, '/healthz')).toMatchObject({ status: 503, text: 'partition 3 is paused\n' });
  });

  test('a scrape that fails looks failed, and the next one works', async () => {
    let isBroken = true;
    const families = (): readonly MetricFamily[] => {
      if (isBroken) throw new Error('no numbers');
      return metrics.families();
    };
    const { port } = await serve({ families });
    expect(await get(port, '/metrics')).toMatchObject({ status: 500, text: expect.stringContaining('no numbers') });
    isBroken = false;
    expect((await get(port, '/metrics')).status).toBe(200);
  });

  test('a taken port is said with its number', async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'listen_failed',
      message: `metrics: cannot listen on 127.0.0.1:${port}`,
    });
  });

  test('closes twice, and after never having been opened', async () => {
    const { endpoint } = await serve();
    await endpoint.close();
    await endpoint.close();
    await expect(serve({ port: -1 }).catch((error: unknown) => error)).resolves.toBeInstanceOf(Error);
  });
});

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

function get(port: number, path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end();
  });
}
