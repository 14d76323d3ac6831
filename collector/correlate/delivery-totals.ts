import type { JoinedRequest } from '../model/joined-request.ts';

/** What one playback moved over the wire and how its halves were joined. */
export class DeliveryTotals {
  requests = 0;
  errors = 0;
  bytes = 0;
  playerHalves = 0;
  serverHalves = 0;
  readonly #named = new Set<string>();
  readonly #hosts = new Set<string>();
  readonly pops = new Set<string>();
  readonly joins: Record<string, number> = Object.create(null) as Record<string, number>;
  firstMs = Number.NaN;
  lastMs = Number.NaN;

  /** CDNs by name; by host where no edge line ever named one. */
  get cdns(): ReadonlySet<string> {
    return this.#named.size > 0 ? this.#named : this.#hosts;
  }

  add(request: JoinedRequest): void {
    this.requests++;
    if (request.status >= 500) this.errors++;
    const report = request.edge?.report ?? request.shield?.report ?? request.player;
    if (report && report.bodyBytes > 0) this.bytes += report.bodyBytes;
    if (request.cdn !== '') (request.cdn === request.player?.host ? this.#hosts : this.#named).add(request.cdn);
    if (request.edge?.report.pop && this.pops.size < 32) this.pops.add(request.edge.report.pop);
    if (request.player) this.playerHalves++;
    for (const half of [request.edge, request.shield, request.origin]) {
      if (!half) continue;
      this.serverHalves++;
      const method = half.joinMethod || half.report.sessionJoin;
      if (method !== '') this.joins[method] = (this.joins[method] ?? 0) + 1;
    }
    if (!(this.firstMs <= request.startMs)) this.firstMs = request.startMs;
    if (!(this.lastMs >= request.endMs)) this.lastMs = request.endMs;
  }
}
