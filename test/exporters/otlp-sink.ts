import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeRequest } from './otlp-proto.ts';

export type SinkAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};
/** `hang` never answers, `reset` drops the connection; either way the spans do not count as received. */
export type SinkBehaviour = SinkAnswer | 'hang' | 'reset';

/** A trace backend on a real socket. Spans count as received when it answers 2xx. */
export class OtlpSink {
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.paths.push(request.url ?? '');
      this.headers.push(request.headers);
      this.#answer(Buffer.concat(chunks), request.headers, response);
    });
  });
  readonly #behave: (requestIndex: number) => SinkBehaviour;
  #requests = 0;
  #connections = 0;
  readonly paths: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** Span ids in the order they arrived. */
  readonly spanIds: string[] = [];

  constructor(behave: (requestIndex: number) => SinkBehaviour = () => ({ status: 200 })) {
    this.#behave = behave;
    this.#server.on('connection', () => {
      this.#connections += 1;
    });
  }

  get connections(): number {
    return this.#connections;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Listens and says where; on a given port again after `close`. */
  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(body: Buffer, headers: IncomingHttpHeaders, response: ServerResponse): void {
    const behaviour = this.#behave(this.#requests);
    this.#requests += 1;
    if (behaviour === 'hang') return;
    if (behaviour === 'reset') {
      response.socket?.destroy();
      return;
    }
    if (behaviour.status < 300) {
      const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      for (const group of decodeRequest(bytes).resourceSpans) {
        for (const span of group.scopeSpans[0].spans) this.spanIds.push(span.spanId);
      }
    }
    response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body);
  }
}
