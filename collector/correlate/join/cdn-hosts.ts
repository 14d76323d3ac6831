/** Hosts whose CDN is remembered, of one tenant. */
const HOST_LIMIT = 10_000;
const NONE: ReadonlyMap<string, string> = new Map();

export type CdnHostRecord = readonly [tenant: string, host: string, cdn: string];

/** Which CDN serves a host, learnt from edge lines. One tenant's lines say nothing of another's hosts. */
export class CdnHosts {
  readonly #ofTenant = new Map<string, Map<string, string>>();

  /** CDN by host. */
  of(tenant: string): ReadonlyMap<string, string> {
    return this.#ofTenant.get(tenant) ?? NONE;
  }

  learn(tenant: string, host: string, cdn: string): void {
    let hosts = this.#ofTenant.get(tenant);
    if (hosts === undefined) {
      hosts = new Map();
      this.#ofTenant.set(tenant, hosts);
    }
    if (host === '' || hosts.get(host) === cdn) return;
    if (hosts.size < HOST_LIMIT || hosts.has(host)) hosts.set(host, cdn);
  }

  /** All that is known, for another to `learn`. */
  records(): readonly CdnHostRecord[] {
    return [...this.#ofTenant].flatMap(([tenant, hosts]) =>
      [...hosts].map(([host, cdn]) => [tenant, host, cdn] as const),
    );
  }
}
