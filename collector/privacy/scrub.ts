import { cutAddressesIn } from './addresses.ts';

/** Query parameters that let somebody in, or say who somebody is. Compared without case. */
const SECRET_NAMES = [
  // CloudFront signed URLs
  'Signature',
  'Policy',
  'Key-Pair-Id',
  // Akamai edge authorisation
  'hdnts',
  'hdnea',
  'hdntl',
  '__token__',
  // Google Cloud and Media CDN signed URLs and cookies
  'Edge-Cache-Token',
  'Cloud-CDN-Cookie',
  // Cloudflare, Fastly, Bunny, Gcore, Azure, and what applications call them
  'verify',
  'bcdn_token',
  'sig',
  'token',
  'access_token',
  'id_token',
  'refresh_token',
  'auth',
  'authorization',
  'auth_token',
  'jwt',
  'hmac',
  'md5',
  'password',
  'passwd',
  'secret',
  'api_key',
  'apikey',
  'cookie',
] as const;
/** Every parameter of a presigned S3 URL. */
const SECRET_PREFIX = 'x-amz-';
const REPLACEMENT = 'redacted';

/**
 * Takes tokens and signatures out of URLs before anything is stored (semantics.md section 9).
 * Built once from the built-in names and the operator's.
 */
export class UrlScrubber {
  readonly #hashes = new Set<number>();
  readonly #longest: number;
  readonly #assignments: RegExp;

  constructor(extraNames: readonly string[] = []) {
    const names = [...SECRET_NAMES, ...extraNames].map((name) => name.toLowerCase());
    for (const name of names) this.#hashes.add(lowerHash(Buffer.from(name), 0, name.length));
    this.#longest = Math.max(...names.map((name) => name.length));
    const alternatives = names.map((name) => name.replace(/[^a-z0-9_-]/g, '\\$&'));
    // Linear: each part is decided by its first characters, and nothing repeats inside a repetition.
    this.#assignments = new RegExp(
      `(^|[?&;/\\s"'{,]|%3F|%26|%3B|\\\\u0026)((?:${alternatives.join('|')}|x-amz-[a-z-]+)(?:=|%3D|%253D|"\\s*:\\s*"))[^&;\\s"'\\\\]+`,
      'gi',
    );
  }

  /** True for a query parameter name whose value must go. */
  isSecret(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length >= SECRET_PREFIX.length && isPrefixed(bytes, start)) return true;
    return length <= this.#longest && this.#hashes.has(lowerHash(bytes, start, end));
  }

  /**
   * A path without the segments (`/hdntl=exp=…~hmac=…/`) and matrix parameters (`;token=…`) that hold a secret.
   * They are removed rather than masked, because the tiers above see the path without them.
   */
  path(path: string): string {
    if (!path.includes('=')) return path;
    const kept: string[] = [];
    let isInsideToken = false;
    for (const segment of path.split('/')) {
      if (isInsideToken) {
        // `~acl=/live/*~hmac=…`: the access list of an Akamai token holds slashes of its own.
        isInsideToken = !segment.includes('hmac=');
        continue;
      }
      const [name = '', ...parameters] = segment.split(';');
      if (this.#isSecretAssignment(name)) {
        isInsideToken = /~(?:acl|url)=/.test(name) && !name.includes('hmac=');
        continue;
      }
      kept.push([name, ...parameters.filter((parameter) => !this.#isSecretAssignment(parameter))].join(';'));
    }
    const text = kept.join('/');
    return text.startsWith('/') ? text : `/${text}`;
  }

  /** Any text, e.g. a message of a player or a refused log line: secrets masked, addresses cut. */
  text(text: string): string {
    const masked = text
      .replace(this.#assignments, `$1$2${REPLACEMENT}`)
      .replace(/\b(Bearer|Basic|Splunk) [\w.~+/=-]+/g, `$1 ${REPLACEMENT}`);
    return cutAddressesIn(masked);
  }

  #isSecretAssignment(text: string): boolean {
    const equals = text.indexOf('=');
    if (equals <= 0) return false;
    const name = Buffer.from(text.slice(0, equals));
    // Akamai tokens may stand without a name: `exp=…~acl=…~hmac=…`.
    return this.isSecret(name, 0, name.length) || /~(?:hmac|acl|url)=/.test(text);
  }
}

/** FNV-1a over the name in lower case. A collision would remove one harmless parameter more. */
function lowerHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    hash = Math.imul(hash ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte), 0x01000193);
  }
  return hash;
}

function isPrefixed(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < SECRET_PREFIX.length; i++) {
    if ((bytes[start + i]! | 0x20) !== (SECRET_PREFIX.charCodeAt(i) | 0x20)) return false;
  }
  return true;
}
