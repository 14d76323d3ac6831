import { request } from 'node:http';
import { NO_TLS } from '../../collector/access/tls.ts';
import { AccessTokens } from '../../collector/access/tokens.ts';
import { RecentSessions } from '../../collector/api/recent.ts';
import { type ApiOptions, ApiServer } from '../../collector/api/server.ts';
import { VERSION } from '../exporters/spans.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; `unknown`, for `toEqual` and `toMatchObject`. */
  readonly json: () => unknown;
};

/** An API on a real socket over a store the test fills. */
export class ApiUnderTest {
  readonly recent = new RecentSessions({ maxSessions: 100, maxBytes: 1e8, maxSpansPerSession: 1000 });
  readonly errors: string[] = [];
  readonly server: ApiServer;
  #port = 0;

  constructor(options: Partial<ApiOptions> = {}) {
    this.server = new ApiServer({
      recent: this.recent,
      version: VERSION,
      fleet: () => ({ concurrentSessions: 3 }),
      listeners: () => [{ name: 'ingest', address: '127.0.0.1:4318', purpose: 'OTLP, CMCD, beacons' }],
      nowMs: () => 1_763_764_900_000,
      hasJaeger: true,
      tokens: new AccessTokens([]),
      tls: NO_TLS,
      forgetLive: () => 0,
      log: {
        info: () => {},
        warn: () => {},
        error: (message, fields) => this.errors.push(`${message} ${JSON.stringify(fields)}`),
      },
      ...options,
    });
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<this> {
    this.#port = (await this.server.listen(0, '127.0.0.1')).port;
    return this;
  }

  get(path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: this.#port, path, agent: false, ...options }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: () => JSON.parse(text),
          });
        });
      });
      sent.on('error', reject);
      sent.end();
    });
  }
}
