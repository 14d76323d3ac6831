import type { JoinedRequest, ServerHalf } from '../model/joined-request.ts';

/** PoPs of one playback that are named. */
const POP_LIMIT = 32;

/** What one playback moved over the wire and how its halves were joined. */
export class DeliveryTotals {
  requests = 0;
  errors = 0;
  bytes = 0;
  playerHalves = 0;
  serverHalves = 0;
  readonly #named = new Set<string>();
  #hosts: Set<string> | null = null;
  readonly pops = new Set<string>();
  readonly joins: Record<string, number> = Object.create(null) as Record<string, number>;
  firstMs = Number.NaN;
  lastMs = Number.NaN;
  // Most requests name the CDN and the PoP of the one before.
  #lastCdn = '';
  #lastPop = '';

  /** CDNs by name; by host where no edge line ever named one. */
  get cdns(): ReadonlySet<string> {
    return this.#named.size > 0 ? this.#named : (this.#hosts ?? this.#named);
  }

  add(request: JoinedRequest): void {
    this.requests++;
    if (request.status >= 500) this.errors++;
    const report = request.edge?.report ?? request.shield?.report ?? request.player;
    if (report && report.bodyBytes > 0) this.bytes += report.bodyBytes;
    if (request.player) {
      this.playerHalves++;
      if (request.cdn !== '') this.#setFor(request.cdn === request.player.host).add(request.cdn);
    } else if (request.cdn !== this.#lastCdn) {
      this.#lastCdn = request.cdn;
      if (request.cdn !== '') this.#named.add(request.cdn);
    }
    if (request.edge) {
      const { pop } = request.edge.report;
      if (pop !== this.#lastPop) {
        this.#lastPop = pop;
        if (pop !== '' && this.pops.size < POP_LIMIT) this.pops.add(pop);
      }
      this.#half(request.edge);
    }
    if (request.shield) this.#half(request.shield);
    if (request.origin) this.#half(request.origin);
    if (!(this.firstMs <= request.startMs)) this.firstMs = request.startMs;
    if (!(this.lastMs >= request.endMs)) this.lastMs = request.endMs;
  }

  #setFor(isHost: boolean): Set<string> {
    if (!isHost) return this.#named;
    this.#hosts ??= new Set();
    return this.#hosts;
  }

  #half({ joinMethod, report }: ServerHalf): void {
    this.serverHalves++;
    const method = joinMethod || report.sessionJoin;
    if (method !== '') this.joins[method] = (this.joins[method] ?? 0) + 1;
  }
}
