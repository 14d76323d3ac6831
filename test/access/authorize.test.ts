import { expect, test } from 'vitest';
import { authorize } from '../../collector/access/authorize.ts';
import { AccessTokens } from '../../collector/access/tokens.ts';

const tokens = new AccessTokens([
  { name: 'grafana', tenant: 'acme', purpose: 'query', token: 'read-acme-0123456' },
  { name: 'agent', tenant: 'acme', purpose: 'ingest', token: 'post-acme-0123456' },
  { name: 'both', tenant: '*', purpose: 'ingest', token: 'for-two-things-01' },
  { name: 'both-read', tenant: '*', purpose: 'query', token: 'for-two-things-01' },
]);
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

for (const [name, authorization, purpose, outcome] of [
  ['a bearer token', 'Bearer read-acme-0123456', 'query', 'grafana of acme'],
  ['a scheme in another spelling', 'bEARER  read-acme-0123456', 'query', 'grafana of acme'],
  ["Splunk's scheme", 'Splunk post-acme-0123456', 'ingest', 'agent of acme'],
  ['the password of any user', basic('me:read-acme-0123456'), 'query', 'grafana of acme'],
  ['one secret for two purposes, the first', 'Bearer for-two-things-01', 'ingest', 'both of *'],
  ['one secret for two purposes, the second', 'Bearer for-two-things-01', 'query', 'both-read of *'],
  ['nothing', '', 'query', 401],
  ['a guess', 'Bearer read-acme-0123457', 'query', 401],
  ['a beginning', 'Bearer read-acme', 'query', 401],
  ['a token and more', 'Bearer read-acme-0123456 x', 'query', 401],
  ['another scheme', 'Digest read-acme-0123456', 'query', 401],
  ['a user without a password', basic('read-acme-0123456'), 'query', 401],
  ['base64 of nothing', 'Basic !!!!', 'query', 401],
  ['a token for something else', 'Bearer post-acme-0123456', 'query', 403],
  ['any token, where none is configured that may', 'Bearer for-two-things-01', 'admin', 403],
] as const) {
  test(`${name} gives ${outcome}`, () => {
    const access = authorize(authorization === '' ? {} : { authorization }, purpose, tokens);
    expect('grant' in access ? `${access.grant.name} of ${access.grant.tenant}` : access.refusal.status).toBe(outcome);
  });
}

test('without tokens everybody may read and post, and nobody may erase', () => {
  const open = new AccessTokens([]);
  const may = (purpose: 'ingest' | 'query' | 'admin') => 'grant' in authorize({}, purpose, open);
  expect([may('ingest'), may('query'), may('admin')]).toEqual([true, true, false]);
});

test('a refusal repeats nothing of what was shown', () => {
  const access = authorize({ authorization: 'Bearer hunter2-hunter2-hunter2' }, 'query', tokens);
  expect(JSON.stringify(access)).not.toContain('hunter2');
});
