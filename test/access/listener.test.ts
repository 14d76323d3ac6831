import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createListener, type Listener, type ListenerLimits, reloadTls } from '../../collector/access/listener.ts';
import { NO_TLS, type TlsFiles } from '../../collector/access/tls.ts';
import { securePost, tlsFile } from '../support/certificates.ts';

const LIMITS: ListenerLimits = {
  maxConnections: 100,
  maxConnectionsPerAddress: 100,
  isExempt: () => false,
  requestTimeoutMs: 10_000,
};

let folder: string;
let open: Listener | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-tls-'));
});
afterEach(async () => {
  open?.closeAllConnections();
  await new Promise((resolve) => (open === null ? resolve(null) : open.close(resolve)));
  open = null;
  rmSync(folder, { recursive: true });
});

function listen(tls: TlsFiles, limits: Partial<ListenerLimits> = {}): Promise<number> {
  const server = createListener({ ...LIMITS, ...limits }, tls, (_, response) => response.end('ok'));
  open = server;
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

/** Certificate files as an operator has them: replaced under the same name when they are renewed. */
function installed(name: string): TlsFiles {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  copyFileSync(tlsFile(name), files.cert);
  copyFileSync(tlsFile(`${name}-key`), files.key);
  return files;
}

describe('TLS', () => {
  test('is spoken with the certificate of the files, and nothing else is', async () => {
    const port = await listen(installed('server'));
    expect(await securePost(port, '/', '')).toEqual({ status: 200, serverName: 'localhost' });
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  test('a renewed certificate is taken over by a reload; connections that are open stay', async () => {
    const files = installed('server');
    const port = await listen(files);
    expect((await securePost(port, '/', '')).serverName).toBe('localhost');
    installed('renewed');
    expect((await securePost(port, '/', '')).serverName).toBe('localhost');
    reloadTls(open as Listener, files);
    expect((await securePost(port, '/', '')).serverName).toBe('renewed.example');
  });

  for (const [name, spoil] of [
    ['that is gone', () => rmSync(join(folder, 'cert.pem'))],
    ['that is none', () => writeFileSync(join(folder, 'cert.pem'), 'rubbish')],
    ['that its key does not belong to', () => copyFileSync(tlsFile('renewed-key'), join(folder, 'key.pem'))],
  ] as const) {
    test(`a certificate ${name} stops a start, and a reload goes on with the old one`, async () => {
      const files = installed('server');
      const port = await listen(files);
      spoil();
      expect(() => reloadTls(open as Listener, files)).toThrow(expect.objectContaining({ code: 'tls_unreadable' }));
      expect((await securePost(port, '/', '')).serverName).toBe('localhost');
      expect(() => createListener(LIMITS, files, () => {})).toThrow(
        expect.objectContaining({ code: 'tls_unreadable' }),
      );
    });
  }
});

test('who speaks no TLS to a port that does is let go', async () => {
  const port = await listen(installed('server'), { requestTimeoutMs: 100 });
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.on('close', resolve).on('error', () => {}));
});

test('a connection on which nothing moves is closed after two minutes', async () => {
  await listen(NO_TLS);
  expect(open?.timeout).toBe(120_000);
});

describe('connections of one address', () => {
  const opened = (port: number): Promise<'kept' | 'closed'> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('close', () => resolve('closed')).on('error', () => {});
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      socket.on('data', () => resolve('kept'));
    });

  test('over its limit are closed at once, and when some have gone others may come', async () => {
    const port = await listen(NO_TLS, { maxConnectionsPerAddress: 2 });
    expect([await opened(port), await opened(port), await opened(port)]).toEqual(['kept', 'kept', 'closed']);
    const server = open as Listener;
    server.closeAllConnections();
    await expect.poll(() => opened(port)).toBe('kept');
  });

  test('of a proxy are as many as it needs', async () => {
    const port = await listen(NO_TLS, { maxConnectionsPerAddress: 1, isExempt: (address) => address === '127.0.0.1' });
    expect([await opened(port), await opened(port)]).toEqual(['kept', 'kept']);
  });
});
