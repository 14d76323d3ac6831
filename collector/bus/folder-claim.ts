import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { PlaypathError, systemCode } from '../errors.ts';

/**
 * Keeps a second collector away from a folder. The claim is a socket in Linux's abstract namespace, which the system
 * takes back however the process ends: no file is left behind that would have to be judged stale. Elsewhere there is none.
 *
 * @throws PlaypathError `data_in_use`
 */
export function claimFolder(path: string): Promise<() => void> {
  if (process.platform !== 'linux') return Promise.resolve(() => {});
  const { dev, ino } = statSync(path);
  const server = createServer();
  // It is no reason to go on running.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const isTaken = systemCode(cause) === 'EADDRINUSE';
      reject(isTaken ? new PlaypathError('data_in_use', `${path} is in use by another collector`, { cause }) : cause);
    });
    server.listen(`\0playpath ${dev} ${ino}`, () => resolve(() => server.close()));
  });
}
