import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { fileURLToPath } from 'node:url';

/** Where a file of test/fixtures/tls/ is. */
export function tlsFile(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));
}

export type SecurePost = { readonly status: number; readonly serverName: string };

/** A post over TLS on a connection of its own, with the certificate of `as` when one is named. */
export function securePost(port: number, path: string, body: string, as = ''): Promise<SecurePost> {
  return new Promise((resolve, reject) => {
    const own = as === '' ? {} : { cert: readFileSync(tlsFile(as)), key: readFileSync(tlsFile(`${as}-key`)) };
    const options = { host: '127.0.0.1', port, path, method: 'POST', agent: false, ca: readFileSync(tlsFile('ca')) };
    const sent = request({ ...options, ...own }, (response) => {
      const { socket } = response as unknown as { socket: import('node:tls').TLSSocket };
      const serverName = String(socket.getPeerCertificate().subject.CN);
      response.on('error', reject).resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, serverName }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
