import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CollectorProcess, startCollector } from '../support/collector-process.ts';

/** A collector that two customers share, as its operator runs it. */

const CONFIG = {
  access: {
    players: [
      { name: 'acme-web', key: 'pk_acme_web', tenant: 'acme', property: 'acme-tv' },
      { name: 'globex-web', key: 'pk_globex_web', tenant: 'globex' },
    ],
    tokens: [
      { name: 'acme-reads', tenant: 'acme', purpose: 'query', token: 'token-of-acme-0001' },
      { name: 'globex-reads', tenant: 'globex', purpose: 'query', token: 'token-of-globex-01' },
      { name: 'operator', tenant: '*', purpose: 'query', token: 'token-of-operator1' },
    ],
  },
  correlate: { reorder: '0s' },
};

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollector(CONFIG);
});
afterAll(() => collector.stop());

const read = async (url: string, token: string): Promise<Response> =>
  fetch(url, { headers: { authorization: `Bearer ${token}` } });

test('what one customer’s players post, the other cannot read, and the operator reads both', async () => {
  // Both players happen to have chosen the same id.
  const session = '5b8efff7-9803-8103-d269-b633813fc60c';
  for (const key of ['pk_acme_web', 'pk_globex_web', 'pk_nobody_web']) {
    const [, title] = key.split('_');
    const beacons = ['play', 'playing'].map((event, seq) =>
      JSON.stringify({ event, session, seq, ts: Date.now() - 1_000 + seq, title, content: title }),
    );
    const answer = await fetch(`${collector.ingestUrl}/v1/beacon?key=${key}`, {
      method: 'POST',
      body: beacons.join('\n'),
    });
    expect(answer.status).toBe(204);
  }
  const titles = async (token: string): Promise<string[]> => {
    const answer = await read(`${collector.apiUrl}/api/sessions`, token);
    const { sessions } = (await answer.json()) as { sessions: { title: string }[] };
    return sessions.map(({ title }) => title).toSorted();
  };
  await expect.poll(() => titles('token-of-operator1'), { timeout: 10_000 }).toEqual(['acme', 'globex']);
  expect(await titles('token-of-acme-0001')).toEqual(['acme']);
  expect(await titles('token-of-globex-01')).toEqual(['globex']);
  const own = await read(`${collector.apiUrl}/api/sessions/${session}`, 'token-of-globex-01');
  expect(await own.json()).toMatchObject({ tenant: 'globex', title: 'globex' });
});

test('the metrics tell tenants and the property of a key apart, and count who was turned away', async () => {
  const answer = await read(`${collector.metricsUrl}/metrics`, 'token-of-operator1');
  const text = await answer.text();
  expect(text).toMatch(/playpath_sessions_started_total\{tenant="acme",property="acme-tv",.*\} 1/);
  expect(text).toMatch(/playpath_sessions_started_total\{tenant="globex",property="others",.*\} 1/);
  expect(text).toContain('playpath_rejected_total{source="player",reason="unauthorized"} 1');
});

test('nobody reads without a token, and no token is shown anywhere', async () => {
  for (const url of [`${collector.metricsUrl}/metrics`, collector.apiUrl, `${collector.apiUrl}/jaeger/api/services`]) {
    expect((await fetch(url)).status).toBe(401);
  }
  expect(collector.output()).not.toMatch(/token-of/);
});
