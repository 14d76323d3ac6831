import { JOIN_METHODS, type JoinedRequest, type ServerHalf } from '../model/joined-request.ts';

/** PoPs of one playback that are named; its CDNs and hosts as well. */
const NAME_LIMIT = 32;
const NONE: readonly string[] = [];

/** What one playback moved over the wire and how its halves were joined. */
export class DeliveryTotals {
  requests = 0;
  errors = 0;
  bytes = 0;
  playerHalves = 0;
  serverHalves = 0;
  // Lists, not sets: nearly every playback has one name of each kind, and there are as many of these as sessions.
  #named = NONE;
  #hosts = NONE;
  #pops = NONE;
  /** Joined halves by the place of their method in `JOIN_METHODS`. */
  readonly #joins: number[] = JOIN_METHODS.map(() => 0);
  firstMs = Number.NaN;
  lastMs = Number.NaN;
  // Most requests name the CDN and the PoP of the one before.
  #lastCdn = '';
  #lastPop = '';

  /** CDNs by name; by host where no edge line ever named one. */
  get cdns(): readonly string[] {
    return this.#named.length > 0 ? this.#named : this.#hosts;
  }

  get pops(): readonly string[] {
    return this.#pops;
  }

  /** Joined halves by method; methods that joined none are left out. */
  get joins(): Readonly<Record<string, number>> {
    const joins: Record<string, number> = {};
    for (const [at, method] of JOIN_METHODS.entries()) {
      const count = this.#joins[at] as number;
      if (count > 0) joins[method] = count;
    }
    return joins;
  }

  add(request: JoinedRequest): void {
    this.requests++;
    if (request.status >= 500) this.errors++;
    const report = request.edge?.report ?? request.shield?.report ?? request.player;
    if (report && report.bodyBytes > 0) this.bytes += report.bodyBytes;
    if (request.player) {
      this.playerHalves++;
      if (request.cdn === request.player.host) this.#hosts = withName(this.#hosts, request.cdn);
      else this.#named = withName(this.#named, request.cdn);
    } else if (request.cdn !== this.#lastCdn) {
      this.#lastCdn = request.cdn;
      this.#named = withName(this.#named, request.cdn);
    }
    if (request.edge) {
      const { pop } = request.edge.report;
      if (pop !== this.#lastPop) {
        this.#lastPop = pop;
        this.#pops = withName(this.#pops, pop);
      }
      this.#half(request.edge);
    }
    if (request.shield) this.#half(request.shield);
    if (request.origin) this.#half(request.origin);
    if (!(this.firstMs <= request.startMs)) this.firstMs = request.startMs;
    if (!(this.lastMs >= request.endMs)) this.lastMs = request.endMs;
  }

  #half({ joinMethod, report }: ServerHalf): void {
    this.serverHalves++;
    const method = joinMethod || report.sessionJoin;
    if (method !== '') this.#joins[JOIN_METHODS.indexOf(method)]! += 1;
  }
}

/** The names and this one; '' is none. A list that grows by `push` would keep room for seventeen. */
function withName(names: readonly string[], name: string): readonly string[] {
  return name === '' || names.length >= NAME_LIMIT || names.includes(name) ? names : [...names, name];
}
