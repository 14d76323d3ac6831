import { expect, test } from 'vitest';
import { NO_TLS } from '../../collector/access/tls.ts';
import { AccessTokens } from '../../collector/access/tokens.ts';
import { RecentSessions } from '../../collector/api/recent.ts';
import { answer } from '../../collector/api/routes.ts';
import { ALL_TENANTS } from '../../collector/model/grant.ts';
import { makeIncident, makeSummary } from '../exporters/sessions.ts';
import { makeSpan, VERSION } from '../exporters/spans.ts';

test('100,000 mutated requests each get an answer of known status', async () => {
  const recent = new RecentSessions({ maxSessions: 5, maxBytes: 1e6, maxSpansPerSession: 10 });
  recent.session(makeSummary({ title: '<b>', cut: 'live' }), [makeIncident()]);
  recent.addSpan(makeSpan());
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const options = {
    recent,
    version: VERSION,
    fleet: () => ({}),
    listeners: () => [],
    nowMs: () => 0,
    hasJaeger: true,
    tokens: new AccessTokens([]),
    tls: NO_TLS,
    forgetLive: () => 0,
    log,
  };
  const seeds = [
    '/api/sessions?limit=5&from=1&to=2026-01-01T00:00:00Z&outcome=played&verdict=network&q=a&live=true',
    '/api/sessions/5b8efff7-9803-8103-d269-b633813fc60c',
    '/api/traces/5b8efff798038103d269b633813fc60c',
    '/jaeger/api/traces?service=player&tags={"error":"true"}&minDuration=1h2m&start=1&end=2&lookback=1h',
    '/jaeger/api/traces/5b8efff798038103d269b633813fc60c?start=1',
    '/jaeger/api/services/player/operations',
    '/jaeger/api/dependencies?endTs=5&lookback=6',
    '/',
  ];
  const alphabet = ['%', '/', '?', '&', '=', '{', '}', '"', '\\', '\u0000', '\ud800', '9', '-', 'e', '__proto__'];
  let state = 20_261_121;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const statuses = new Map<number, number>();
  for (let round = 0; round < 100_000; round += 1) {
    let url = seeds[random(seeds.length)] ?? '/';
    for (let change = random(4); change > 0; change -= 1) {
      const at = random(url.length + 1);
      url = url.slice(0, at) + (alphabet[random(alphabet.length)] ?? '') + url.slice(at + random(3));
    }
    const [path = '', ...query] = url.split('?');
    const { status, body } = await answer(path, new URLSearchParams(query.join('?')), options, ALL_TENANTS);
    if (round % 10 === 0 && typeof body !== 'string') JSON.parse([...body].join(''));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect([...statuses.keys()].sort()).toEqual([200, 400, 404]);
});

test('Jaeger is not there when it is switched off', async () => {
  const recent = new RecentSessions({ maxSessions: 1, maxBytes: 1e6, maxSpansPerSession: 1 });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const tokens = new AccessTokens([]);
  const options = {
    recent,
    version: VERSION,
    fleet: () => ({}),
    tokens,
    tls: NO_TLS,
    forgetLive: () => 0,
    listeners: () => [],
    nowMs: () => 0,
    log,
  };
  const services = async (hasJaeger: boolean) =>
    (await answer('/jaeger/api/services', new URLSearchParams(), { ...options, hasJaeger }, ALL_TENANTS)).status;
  expect([await services(true), await services(false)]).toEqual([200, 404]);
});
