import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type Shot = {
  readonly answered: number;
  readonly refused: number;
  readonly seconds: number;
  /** Of the answers, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/**
 * Posts over kept-alive connections, one request at a time on each, with as little work as a sender can have: the
 * collector shares the machine with it.
 */
export class PostGun {
  readonly #port: number;
  readonly #connections: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#connections = connections;
  }

  /** `next` gives one whole HTTP request, or null at the end. `perSecond` limits the rate of all together. */
  async fire(next: () => Buffer | null, perSecond = Number.POSITIVE_INFINITY): Promise<Shot> {
    const sockets = await Promise.all(
      Array.from({ length: this.#connections }, async () => {
        const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
        await once(socket, 'connect');
        return socket;
      }),
    );
    const beganMs = performance.now();
    const latencies: number[] = [];
    let sent = 0;
    let refused = 0;
    const turn = (): Buffer | null | number => {
      const dueMs = beganMs + (sent / perSecond) * 1000 - performance.now();
      if (dueMs > 1) return dueMs;
      sent++;
      return next();
    };
    await Promise.all(
      sockets.map((socket) =>
        exchange(socket, turn, (status, tookMs) => {
          latencies.push(tookMs);
          if (status >= 300) refused++;
        }),
      ),
    );
    const seconds = (performance.now() - beganMs) / 1000;
    for (const socket of sockets) socket.destroy();
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN;
    return { answered: latencies.length, refused, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}

export function httpRequest(path: string, body: string | Buffer, headers = ''): Buffer {
  const bytes = Buffer.from(body);
  const head = `POST ${path} HTTP/1.1\r\nhost: bench\r\nuser-agent: Mozilla/5.0 (bench)\r\n${headers}content-length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

function exchange(
  socket: Socket,
  turn: () => Buffer | null | number,
  answered: (status: number, tookMs: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    let sentMs = 0;
    const send = (): void => {
      const request = turn();
      if (request === null) resolve();
      else if (typeof request === 'number') setTimeout(send, request);
      else {
        sentMs = performance.now();
        socket.write(request);
      }
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const status = Number(text.slice(9, 12));
      text = '';
      answered(status, performance.now() - sentMs);
      send();
    });
    socket.on('error', reject).on('close', () => resolve());
    send();
  });
}
