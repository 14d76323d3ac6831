import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

/** What a sink took since it started. */
export type Taken = { readonly requests: number; readonly bytes: number };

/** A trace backend that takes everything and keeps nothing, in a process of its own so that its work is not ours. */
export class OtlpSink {
  readonly endpoint: string;
  readonly #process: ChildProcess;

  private constructor(process_: ChildProcess, endpoint: string) {
    this.#process = process_;
    this.endpoint = endpoint;
  }

  static async start(): Promise<OtlpSink> {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
      child.once('exit', (code) => reject(new Error(`the sink ended with ${code}`)));
    });
    return new OtlpSink(child, `http://127.0.0.1:${port}`);
  }

  async taken(): Promise<Taken> {
    const response = await fetch(`${this.endpoint}/taken`);
    return (await response.json()) as Taken;
  }

  close(): void {
    this.#process.stdin?.end();
  }
}

if (import.meta.main) {
  const taken = { requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    if (request.url === '/taken') return void response.end(JSON.stringify(taken));
    request.on('data', (chunk: Buffer) => {
      taken.bytes += chunk.length;
    });
    request.on('end', () => {
      taken.requests += 1;
      // An empty ExportTraceServiceResponse is zero bytes long.
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  // The parent's end of the pipe closes however the parent ends.
  process.stdin.resume().once('end', () => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(typeof address === 'object' ? address?.port : '');
  });
}
