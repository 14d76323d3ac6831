import { expect, test } from 'vitest';
import { securePost, tlsFile } from '../support/certificates.ts';
import { serversOfThisFile } from './server.ts';
import { lineSource, NOW } from './support.ts';

const startServer = serversOfThisFile();
const line = JSON.stringify({ t: NOW, path: '/1' });
const tls = { cert: tlsFile('server'), key: tlsFile('server-key'), clientCa: tlsFile('ca') };

for (const [name, expected, as, status] of [
  ['its common name', 'akamai.example', 'sender', 200],
  ['one of its other names', 'ds2.example', 'sender', 200],
  ['a name it has not', 'fastly.example', 'sender', 401],
  ['a name that a stranger has written into his own', 'akamai.example', 'stranger', 401],
  ['no certificate', 'akamai.example', '', 401],
] as const) {
  test(`a sender known by its certificate, with ${name}, is answered ${status}`, async () => {
    const source = lineSource('akamai', { auth: { kind: 'certificate', name: expected } });
    const { port, bus } = await startServer([source], { tls });
    const answer = await securePost(port, '/v1/push/akamai', line, as);
    expect([answer.status, bus.paths]).toEqual([status, status === 200 ? ['/1'] : []]);
  });
}

test('players, who have no certificate, post beside it', async () => {
  const { port, bus } = await startServer([], { tls });
  const beacon = JSON.stringify({ event: 'heartbeat', session: 's', ts: NOW });
  expect((await securePost(port, '/v1/beacon', beacon)).status).toBe(204);
  expect(bus.events).toHaveLength(1);
});

test('over plain HTTP nobody has a certificate', async () => {
  const source = lineSource('akamai', { auth: { kind: 'certificate', name: 'akamai.example' } });
  const { post } = await startServer([source]);
  expect((await post('/v1/push/akamai', line)).status).toBe(401);
});
