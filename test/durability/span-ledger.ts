import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeRequest } from '../exporters/otlp-proto.ts';

/** How the backend behaves for one request: a status, or no answer at all. */
export type Behaviour = (request: number) => {
  readonly status: number;
  readonly delayMs?: number;
  readonly body?: string;
  readonly isCut?: boolean;
};

/** A trace backend that keeps books: which span arrived how often, and under which ids a request or session did. */
export class SpanLedger {
  behaviour: Behaviour = () => ({ status: 200 });
  requests = 0;
  readonly times = new Map<string, number>();
  /** `cdn.request.id` of edge spans → ids of the spans that carry it. */
  readonly edges = new Map<string, Set<string>>();
  /** `session.id` → ids of the session spans. */
  readonly sessions = new Map<string, Set<string>>();
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async listen(port = 0): Promise<SpanLedger> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const ledger = new SpanLedger(server, (server.address() as AddressInfo).port);
    server.on('request', (message, response) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        const { status, delayMs = 0, body = '', isCut = false } = ledger.behaviour(ledger.requests++);
        const bytes = Buffer.concat(chunks);
        if (status === 200) ledger.#take(message.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes);
        setTimeout(() => {
          if (isCut) message.socket.destroy();
          else response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end(body);
        }, delayMs);
      });
    });
    return ledger;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Spans that came more than once under the id they had. */
  get repeated(): number {
    let repeated = 0;
    for (const times of this.times.values()) repeated += times - 1;
    return repeated;
  }

  /** What came under a second id. */
  get doubled(): string[] {
    return [...this.edges, ...this.sessions].filter(([, ids]) => ids.size > 1).map(([name]) => name);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #take(bytes: Buffer): void {
    for (const { scopeSpans } of decodeRequest(bytes).resourceSpans) {
      for (const { name, traceId, spanId, attributes } of scopeSpans[0]?.spans ?? []) {
        const id = `${traceId} ${spanId}`;
        this.times.set(id, (this.times.get(id) ?? 0) + 1);
        const text = (key: string) => {
          const value = attributes.find((attribute) => attribute.key === key)?.value;
          return value !== undefined && 'stringValue' in value ? String(value.stringValue) : '';
        };
        if (name === 'session') note(this.sessions, text('session.id'), id);
        else if (text('cdn.tier') === 'edge' && text('cdn.request.id') !== '')
          note(this.edges, text('cdn.request.id'), id);
      }
    }
  }
}

function note(of: Map<string, Set<string>>, name: string, id: string): void {
  const ids = of.get(name);
  if (ids === undefined) of.set(name, new Set([id]));
  else ids.add(id);
}
