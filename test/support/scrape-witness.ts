import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SteadyFeed } from './steady-feed.ts';

/** What a scraper says about itself. */
const PASSED_ON = ['accept', 'user-agent', 'x-prometheus-scrape-timeout-seconds'];
/** Virtual time that may pass between two pages. */
const PAGE_EVERY_MS = 90_000;
/** Between the scrapes of one scraper its connection stays open. */
const KEEP_OPEN_MS = 60_000;

/** The metric by which a sample tells from which page it was read: the page's place in `pages`. */
export const PAGE = 'scrape_witness_page';

type Page = { readonly status: number; readonly type: string; readonly body: string };

/**
 * Stands between Prometheus and a collector and notes what had been fed when each page of metrics was made. The page
 * itself carries its number, so that a sample needs no clock to find its note, however late or lost a scrape was.
 */
export class ScrapeWitness {
  /** Lines fed so far when the page was made, by `cdn tier status_class`. */
  readonly pages: ReadonlyMap<string, number>[] = [];
  readonly #server: Server;
  readonly #metricsPort: number;
  readonly #feed: SteadyFeed;
  #turn: Promise<void> = Promise.resolve();
  #page: Page | null = null;
  #reader: Socket | null = null;

  private constructor(metricsPort: number, feed: SteadyFeed) {
    this.#metricsPort = metricsPort;
    this.#feed = feed;
    this.#server = createServer({ keepAliveTimeout: KEEP_OPEN_MS }, (request, response) => {
      // One at a time: a scraper that gave up asks again while its first page is still being made.
      this.#turn = this.#turn.then(() => this.#serve(request, response));
    });
  }

  static async listen(metricsPort: number, feed: SteadyFeed): Promise<ScrapeWitness> {
    const witness = new ScrapeWitness(metricsPort, feed);
    await new Promise<void>((resolve) => witness.#server.listen(0, '127.0.0.1', resolve));
    return witness;
  }

  get target(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.socket.destroyed) return;
    // A scraper that gave up closes its connection. Only one that comes back over the same has read the last page;
    // any other is given that page again, or it would never see the zeros on it.
    if (this.#page === null || this.#reader === request.socket) this.#page = await this.#make(request);
    this.#reader = request.socket;
    response.writeHead(this.#page.status, { 'content-type': this.#page.type }).end(this.#page.body);
  }

  /** Nothing is fed meanwhile, so that the note is true of every counter on the page. */
  async #make({ url, headers }: IncomingMessage): Promise<Page> {
    this.#feed.isHeld = true;
    try {
      const passedOn = Object.fromEntries(PASSED_ON.map((name) => [name, String(headers[name] ?? '')]));
      const answer = await fetch(`http://127.0.0.1:${this.#metricsPort}${url}`, { headers: passedOn });
      const type = answer.headers.get('content-type') ?? '';
      const number = this.pages.push(new Map(this.#feed.lines)) - 1;
      const body = `# TYPE ${PAGE} gauge\n${PAGE} ${number}\n${await answer.text()}`;
      this.#feed.barrierMs = this.#feed.nowMs + PAGE_EVERY_MS;
      return { status: answer.status, type, body };
    } catch (error) {
      return { status: 502, type: 'text/plain', body: String(error) };
    } finally {
      this.#feed.isHeld = false;
    }
  }
}
