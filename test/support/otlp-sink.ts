import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { OtlpJsonRequest } from '../../collector/exporters/otlp-json.ts';
import { decodeRequest, ExportRequest } from '../exporters/otlp-proto.ts';

/** One export as a backend received it. */
export type ReceivedExport = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly request: OtlpJsonRequest;
  /** Written again by the library, the message has the same bytes: no unknown field, nothing out of order. */
  readonly isCanonical: boolean;
};

/** A trace backend on a real socket that reads every export with the official OTLP definitions. */
export class OtlpSink {
  readonly exports: ReceivedExport[] = [];
  /** What could not be read; a real receiver would have answered 400. */
  readonly problems: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<OtlpSink> {
    const server = createServer();
    const sink = new OtlpSink(server);
    server.on('request', (message, response) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        const isRead = sink.#take(message.url ?? '', message.headers, Buffer.concat(chunks));
        response.writeHead(isRead ? 200 : 400, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  /** What `export.otlp.endpoint` has to be. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #take(path: string, headers: IncomingHttpHeaders, body: Buffer): boolean {
    try {
      const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      const again = ExportRequest.encode(ExportRequest.decode(bytes)).finish();
      const isCanonical = Buffer.compare(again, bytes) === 0;
      this.exports.push({ path, headers, request: decodeRequest(bytes), isCanonical });
      return true;
    } catch (error) {
      this.problems.push(String(error));
      return false;
    }
  }
}
