import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serversOfThisFile } from './server.ts';
import { lineSource, NOW } from './support.ts';

const startServer = serversOfThisFile();
const line = JSON.stringify({ t: NOW, path: '/1' });
const keyPair = await generateKeyPair('RS256');
const foreign = await generateKeyPair('RS256');
let asked = 0;
/** The issuer, as far as it publishes its keys. */
const issuer = createServer((_, response) => {
  asked++;
  void exportJWK(keyPair.publicKey).then((jwk) =>
    response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'k1', alg: 'RS256', use: 'sig' }] })),
  );
});
beforeAll(() => new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve)));
afterAll(() => issuer.close());

const rules = {
  kind: 'oidc',
  issuer: 'https://accounts.google.com',
  audience: 'https://ingest.example/v1/push/media-cdn',
  email: 'push@project.iam.gserviceaccount.com',
} as const;

const claims = {
  iss: rules.issuer,
  aud: rules.audience,
  email: rules.email,
  email_verified: true,
  exp: NOW / 1000 + 3_600,
};

function token(payload: JWTPayload, key: CryptoKey = keyPair.privateKey, kid = 'k1'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
}

async function push(authorization: string, keys = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/certs`) {
  const { post, bus } = await startServer([lineSource('media-cdn', { auth: { ...rules, keys } })]);
  const answer = await post('/v1/push/media-cdn', line, authorization === '' ? {} : { authorization });
  return [answer.status, bus.paths];
}

test('the token of the subscription lets its pushes in', async () => {
  expect(await push(`Bearer ${await token(claims)}`)).toEqual([200, ['/1']]);
});

const { email_verified: _, ...unverified } = claims;
const { exp: __, ...endless } = claims;
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
for (const [name, shown] of [
  ['none at all', async () => ''],
  ['what is none', async () => 'Bearer abc.def.ghi'],
  ['one for another audience', () => token({ ...claims, aud: 'https://other.example' })],
  ['one of another issuer', () => token({ ...claims, iss: 'https://accounts.example' })],
  ['one made out to another account', () => token({ ...claims, email: 'me@other.iam.gserviceaccount.com' })],
  ['one whose account is not verified', () => token(unverified)],
  ['one that is over', () => token({ ...claims, exp: NOW / 1000 - 61 })],
  ['one that is never over', () => token(endless)],
  ['one signed by a stranger in the name of a key', () => token(claims, foreign.privateKey)],
  ['one signed by a key nobody knows', () => token(claims, foreign.privateKey, 'k2')],
  ['one that is not signed', async () => `${part({ alg: 'none' })}.${part(claims)}.`],
] as const) {
  test(`${name} is answered 401`, async () => {
    const text = await shown();
    expect(await push(text === '' || text.startsWith('Bearer') ? text : `Bearer ${text}`)).toEqual([401, []]);
  });
}

test('the keys are asked for once, not at each push', async () => {
  const { port } = issuer.address() as AddressInfo;
  const source = lineSource('media-cdn', { auth: { ...rules, keys: `http://127.0.0.1:${port}/certs` } });
  const { post } = await startServer([source]);
  const authorization = `Bearer ${await token(claims)}`;
  const before = asked;
  for (let i = 0; i < 5; i++) expect((await post('/v1/push/media-cdn', line, { authorization })).status).toBe(200);
  expect(asked - before).toBe(1);
});

test('while the keys cannot be had nobody is let in', async () => {
  expect(await push(`Bearer ${await token(claims)}`, 'http://127.0.0.1:9/certs')).toEqual([401, []]);
});
