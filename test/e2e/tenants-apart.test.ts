import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionJson } from '../../collector/exporters/session-json.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { OpenCollector } from '../support/open-collector.ts';

/** Two customers whose players say exactly the same, down to the session id: whoever comes second must lose nothing. */

const TENANTS = ['acme', 'globex'];
const SESSION = '7c0e4c52-6c1f-4f0b-9a53-0e1f8f2d9b11';

let open: OpenCollector;
beforeAll(async () => {
  open = await OpenCollector.start({
    access: { players: TENANTS.map((tenant) => ({ name: tenant, key: `pk_${tenant}_web`, tenant })) },
    correlate: { settle: '1s', reorder: '0s', idleClose: '10s' },
  });
  const url = 'https://cdn.example/film/seg_1.m4s';
  const said = [
    { event: 'play' },
    { event: 'playing' },
    { event: 'request', url, status: 200, durationMs: 9, ttfbMs: 5, objectType: 'video' },
    { event: 'heartbeat' },
  ];
  const body = said
    .map((event, seq) => JSON.stringify({ session: SESSION, seq, ts: open.nowMs - 12_000 + seq * 3_000, ...event }))
    .join('\n');
  const span = spanOf(SESSION.replaceAll('-', ''), open.nowMs);
  for (const tenant of TENANTS) {
    expect((await open.post(`/v1/beacon?key=pk_${tenant}_web`, body)).status).toBe(204);
    const json = { 'content-type': 'application/json' };
    expect((await open.post(`/v1/traces?key=pk_${tenant}_web`, span, json)).status).toBe(200);
  }
  await open.passes(120_000);
}, 30_000);
afterAll(() => open.close());

/** A fetch of the player's page, as its OpenTelemetry instrumentation tells it. */
function spanOf(traceId: string, nowMs: number): string {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = {
    traceId,
    spanId: '00f067aa0ba902b7',
    name: 'GET',
    kind: 3,
    startTimeUnixNano: `${nowMs - 5_000}000000`,
    endTimeUnixNano: `${nowMs - 4_900}000000`,
    attributes: [
      text('session.id', SESSION),
      text('http.request.method', 'GET'),
      text('url.full', 'https://cdn.example/film/seg_2.m4s'),
      { key: 'http.response.status_code', value: { intValue: 200 } },
    ],
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

test('each has its session with all of its requests', async () => {
  const { sessions } = JSON.parse(await open.text('api', '/api/sessions')) as { sessions: SessionJson[] };
  const told = sessions.map(({ tenant, requests }) => ({ tenant, requests }));
  expect(told.toSorted((a, b) => a.tenant.localeCompare(b.tenant))).toEqual(
    TENANTS.map((tenant) => ({ tenant, requests: 2 })),
  );
});

test('each has its start and its stream', async () => {
  const samples = parseExposition(await open.text('metrics', '/metrics'));
  for (const name of ['playpath_audience_starts_total', 'playpath_audience_streams_total']) {
    for (const tenant of TENANTS) {
      const of = samples.filter((sample) => sample.name === name && sample.labels.tenant === tenant);
      expect(
        of.reduce((sum, { value }) => sum + value, 0),
        `${name} ${tenant}`,
      ).toBe(1);
    }
  }
});

test('a session is new whose id another’s closed session had', async () => {
  const session = 'aa0e4c52-6c1f-4f0b-9a53-0e1f8f2d9b22';
  for (const tenant of TENANTS) {
    const body = ['play', 'playing', 'heartbeat']
      .map((event, seq) => JSON.stringify({ event, session, seq, ts: open.nowMs - 900 + seq, title: tenant }))
      .join('\n');
    expect((await open.post(`/v1/beacon?key=pk_${tenant}_web`, body)).status).toBe(204);
    await open.passes(120_000);
  }
  const samples = parseExposition(await open.text('metrics', '/metrics'));
  const started = samples.filter(({ name }) => name === 'playpath_sessions_started_total');
  expect(started.map(({ labels, value }) => [labels.tenant, value]).toSorted()).toEqual(
    TENANTS.map((tenant) => [tenant, 2]),
  );
});
