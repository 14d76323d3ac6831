/** Names whose CDN is remembered, of one tenant. */
const NAME_LIMIT = 10_000;
const NONE: CdnNames = new Map();
/** Ids of hexadecimal digits are anybody's. */
const COMMON_ID = /^[0-9a-f-]*$/i;

/** CDN by host, and by the mark of the ids it gives its requests. */
export type CdnNames = ReadonlyMap<string, string>;
export type CdnHostRecord = readonly [tenant: string, host: string, cdn: string];

/** How the ids of one CDN differ from those of others; '' when they do not. */
export function idMark(requestId: string): string {
  return COMMON_ID.test(requestId) ? '' : `id of ${requestId.length}`;
}

/**
 * Which CDN serves a host, learnt from edge lines, and which asks an origin with ids of a shape that no other has. One
 * tenant's lines say nothing of another's hosts.
 */
export class CdnHosts {
  readonly #ofTenant = new Map<string, Map<string, string>>();

  /** CDN by name. */
  of(tenant: string): CdnNames {
    return this.#ofTenant.get(tenant) ?? NONE;
  }

  learn(tenant: string, host: string, cdn: string): void {
    let names = this.#ofTenant.get(tenant);
    if (names === undefined) {
      names = new Map();
      this.#ofTenant.set(tenant, names);
    }
    if (host === '' || names.get(host) === cdn) return;
    if (names.size < NAME_LIMIT || names.has(host)) names.set(host, cdn);
  }

  /** An edge asked an origin by this id. A shape that two CDNs have names neither. */
  learnId(tenant: string, requestId: string, cdn: string): void {
    const mark = idMark(requestId);
    const known = this.of(tenant).get(mark) ?? cdn;
    this.learn(tenant, mark, known === cdn ? cdn : '');
  }

  /** All that is known, for another to `learn`. */
  records(): readonly CdnHostRecord[] {
    return [...this.#ofTenant].flatMap(([tenant, names]) =>
      [...names].map(([host, cdn]) => [tenant, host, cdn] as const),
    );
  }
}
