import { cutAddressesIn } from './addresses.ts';
import { decodePercentText } from './percent.ts';

const PERCENT = 0x25;

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

/** Most texts hold nothing of the kind, and that is seen at once. */
const SUSPICIOUS = /[=:%]|\d\.\d+\.\d|(?:Bearer|Basic|Splunk)[ +]|eyJ/;
/** A query has lost its secret names already: what else may be in its values. */
const SUSPICIOUS_QUERY = /\d\.\d+\.\d+\.\d|:|%(?:25)?3[ad]|eyJ/i;
const SUSPICIOUS_PATH = /\d\.\d+\.\d+\.\d|:[^/]*:|%3a/i;
const CREDENTIALS = /(?:\b|(?<=%[0-9a-f]{2}))(Bearer|Basic|Splunk)( |%20|\+)[\w.~+/=-]+/gi;
const JSON_WEB_TOKEN = /eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g;
/** A parameter that hides its name in escapes. */
const ESCAPED_NAME = /(?<![\w.~%-])([\w.~-]{0,64}%[0-9a-f]{2}[\w.~%-]{0,64})=[^&;\s"'\\]+/gi;
/** Members of JSON that hold a secret, whatever stands around the word. */
const SECRET_MEMBER =
  /("[\w().-]{0,40}(?:cookie|authorization|password|passwd|secret|token|credential)[\w().-]{0,40}"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|\{[^{}]*\}?)/gi;
/** Any assignment; in a sample of a refused record only those are kept that are known to be harmless. */
const ANY_ASSIGNMENT =
  /(?:(?<![\w.$%-])|(?<=%(?:25)?[0-9a-f]{2}))([\w.$-]{1,64})(=|%3D|%253D)(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|%22.*?(?:%22|$)|%2522.*?(?:%2522|$)|[^&;,\s"'\\%]*(?:%(?!(?:25)?(?:26|2C|3B|20|22))[^&;,\s"'\\%]*)*)/gi;
const ASSIGNS = /=|%(?:25)?3D/i;
const HARMLESS = new Set(
  (
    'bl br bs bsd cid d dl dfa e ec ltc mtp ot pb pr pt rc rtp sf sid sn st sta su tb lb ts ttfb ttlb v ' +
    'rt uct uht urt cs rid'
  ).split(' '),
);

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
    for (let i = start; i < end; i++) {
      if (bytes[i] === PERCENT) return this.#isSecretName(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
    }
    return length <= this.#longest && this.#hashes.has(lowerHash(bytes, start, end));
  }

  /**
   * A path with its addresses cut, and without the segments (`/hdntl=exp=…~hmac=…/`) and matrix parameters (`;token=…`) that hold a secret.
   * They are removed rather than masked, because the tiers above see the path without them.
   */
  path(path: string): string {
    return SUSPICIOUS_PATH.test(path) ? cutAddressesIn(this.#withoutSecrets(path)) : this.#withoutSecrets(path);
  }

  #withoutSecrets(path: string): string {
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

  /** What is left of a query whose secret parameters are gone: secrets and addresses in the values of others. */
  query(query: string): string {
    return SUSPICIOUS_QUERY.test(query) ? this.text(query) : query;
  }

  /** Any text, e.g. a message of a player: secrets masked, addresses cut. */
  text(text: string): string {
    if (!SUSPICIOUS.test(text)) return text;
    const masked = text
      .replace(SECRET_MEMBER, `$1"${REPLACEMENT}"`)
      .replace(this.#assignments, `$1$2${REPLACEMENT}`)
      .replace(ESCAPED_NAME, (found, name: string) => (this.#isSecretName(name) ? `${name}=${REPLACEMENT}` : found))
      .replace(CREDENTIALS, `$1$2${REPLACEMENT}`)
      .replace(JSON_WEB_TOKEN, REPLACEMENT);
    return cutAddressesIn(masked);
  }

  /**
   * A refused record: nobody knows what its columns are, cookies among them, so of assignments only those stay whose
   * name is known to be harmless. Escapes stay unless they hide something.
   */
  sample(text: string): string {
    const masked = this.#masked(text);
    const plain = unescaped(masked);
    const clean = this.#masked(plain);
    return clean === plain ? masked : clean;
  }

  #masked(text: string): string {
    return this.text(text).replace(ANY_ASSIGNMENT, (found, name: string, sign: string) => {
      // What is assigned may hold assignments of its own, such as a title that is a URL.
      const isKept = HARMLESS.has(name) && !ASSIGNS.test(found.slice(name.length + sign.length));
      return isKept ? found : `${name}${sign}${REPLACEMENT}`;
    });
  }

  /** A name as it was sent, below as many layers of escapes as it may have come through. */
  #isSecretName(text: string): boolean {
    const bytes = Buffer.from(unescaped(text).replaceAll('%', ''));
    return this.isSecret(bytes, 0, bytes.length);
  }

  #isSecretAssignment(text: string): boolean {
    const equals = text.indexOf('=');
    if (equals <= 0) return false;
    const name = Buffer.from(text.slice(0, equals));
    // Akamai tokens may stand without a name: `exp=…~acl=…~hmac=…`.
    return this.isSecret(name, 0, name.length) || /~(?:hmac|acl|url)=/.test(text);
  }
}

/** Below as many layers of escapes as a log may have put over those of the viewer. */
function unescaped(text: string): string {
  let plain = text;
  for (let layer = 0; layer < 3 && plain.includes('%'); layer++) plain = decodePercentText(plain);
  return plain;
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

const BUILT_IN = new UrlScrubber();

/** Text where no configuration is at hand: ids, user agents. */
export function scrubbed(text: string): string {
  return BUILT_IN.text(text);
}

/** The name of a host or a CDN: an address there is a server's and stays, anything that is no such name is scrubbed. */
export function hostName(text: string): string {
  return /^[\w.:[\]-]*$/.test(text) ? text : scrubbed(text);
}
