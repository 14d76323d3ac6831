import type { CdnNames } from './cdn-hosts.ts';
import { idMark } from './cdn-hosts.ts';
import type { Group } from './request-group.ts';

/** Hosts of one session that are remembered. */
const HOST_LIMIT = 8;

/** Which CDN answered each request of one session, also where the CDN's own line is missing. Asked in order of begin. */
export class AnsweringCdn {
  /** Where the session's latest line of a host came from: several CDNs may serve one name. Made for the first. */
  #latest: Map<string, string> | null = null;

  /** '' when nobody tells; a host that no line has named a CDN for goes by its own name. */
  of({ player, edge, shield, origin }: Group, names: CdnNames): string {
    if (edge) this.#note(edge.host, edge.source.emitter);
    const server = edge ?? shield;
    if (server) return server.source.emitter;
    const asked = (origin && names.get(idMark(origin.parentRequestId))) || '';
    if (!player) return asked;
    return player.cmcd.cdn || asked || (this.#latest?.get(player.host) ?? names.get(player.host) ?? player.host);
  }

  #note(host: string, cdn: string): void {
    if (host === '') return;
    this.#latest ??= new Map();
    if (this.#latest.size < HOST_LIMIT || this.#latest.has(host)) this.#latest.set(host, cdn);
  }
}
