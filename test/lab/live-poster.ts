import type { LabDelivery } from './delivery.ts';

/** How many uploads may be under way; more wait in the run itself. */
const MAX_IN_FLIGHT = 64;

/** Sends deliveries to a collector as their senders would: posts one by one, lines in uploads per source. */
export class LivePoster {
  readonly #baseUrl: string;
  readonly #headers = new Map<string, string[]>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly counts = { posts: 0, uploads: 0, lines: 0, refused: 0, failed: 0 };

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl.replace(/\/$/, '');
  }

  /** Everything that arrived since the last call. */
  async send(deliveries: Iterable<LabDelivery>): Promise<void> {
    const uploads = new Map<string, string[]>();
    for (const delivery of deliveries) {
      if (delivery.kind === 'post') {
        await this.#post(delivery.path ?? '/v1/cmcd', delivery.body, viewerHeaders(delivery));
        this.counts.posts++;
      } else if (delivery.body.startsWith('#')) {
        listOf(this.#headers, delivery.source).push(delivery.body);
      } else {
        listOf(uploads, delivery.source).push(delivery.body);
      }
    }
    for (const [source, lines] of uploads) {
      // `#Fields` heads a file; here every upload is one.
      const body = [...(this.#headers.get(source) ?? []), ...lines, ''].join('\n');
      await this.#post(`/v1/push/${source}`, body, { 'content-type': 'text/plain' });
      this.counts.uploads++;
      this.counts.lines += lines.length;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  async #post(path: string, body: string, headers: Record<string, string>): Promise<void> {
    while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight);
    const sent = fetch(`${this.#baseUrl}${path}`, { method: 'POST', body, headers })
      .then(async (response) => {
        await response.arrayBuffer();
        if (!response.ok) this.counts.refused++;
      })
      .catch(() => {
        this.counts.failed++;
      })
      .finally(() => this.#inFlight.delete(sent));
    this.#inFlight.add(sent);
  }
}

/** The collector believes X-Forwarded-For from a trusted proxy only: that is how a viewer's address gets in. */
function viewerHeaders({ contentType, address, userAgent }: LabDelivery): Record<string, string> {
  return { 'content-type': contentType ?? 'text/plain', 'x-forwarded-for': address, 'user-agent': userAgent };
}

function listOf(lists: Map<string, string[]>, key: string): string[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}
