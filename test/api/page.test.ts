import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeIncident, makeSummary } from '../exporters/sessions.ts';
import { ApiUnderTest } from './api-under-test.ts';

let api = new ApiUnderTest();
beforeEach(async () => {
  api = await new ApiUnderTest().start();
});
afterEach(() => api.server.close());

test('says what listens where, and that nothing came yet', async () => {
  const { text, headers } = await api.get('/');
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(text).toContain('<th scope="row">ingest</th><td>127.0.0.1:4318</td><td>OTLP, CMCD, beacons</td>');
  expect(text).toContain('No session yet.');
});

test('lists sessions with outcome and verdict sentence, linking to the data', async () => {
  const summary = makeSummary({ outcome: 'lost_signal' });
  api.recent.session(summary, [makeIncident()]);
  const { text } = await api.get('/');
  expect(text).toContain('2025-11-21 22:40:00');
  expect(text).toContain(`<a href="/api/sessions/${summary.traceId}">${summary.sessionId}</a>`);
  expect(text).toContain('<td>lost signal</td>');
  expect(text).toContain('<li>Stalled 4.5 s: edge-a answered 503 to 3 video requests. (edge_error)</li>');
  expect(text).toContain('those with incidents first: 1 of 1 in memory (0 dropped from it so far)');
});

test('nothing from data becomes markup', async () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;`;
  const summary = makeSummary({ sessionId: evil, title: evil, contentId: evil, cdns: [evil] });
  api.recent.session(summary, [makeIncident({ sentence: evil })]);
  const { text } = await api.get('/');
  const escaped =
    '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;alert(2)&#39;&gt;&amp;amp;';
  expect(text.split(escaped)).toHaveLength(1 + 4);
  expect(text).not.toContain('<script');
  expect(text).not.toContain('<img');
});

test('its policy allows its own style sheet and nothing that runs', async () => {
  const { text, headers } = await api.get('/');
  const style = /<style>([^<]*)<\/style>/.exec(text)?.[1] ?? '';
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|script-src/);
});
