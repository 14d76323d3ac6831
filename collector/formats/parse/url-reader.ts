import { RE2JS } from 're2js';
import type { RequestReport } from '../../model/request.ts';
import { decodePercent, HEX_VALUE } from '../../privacy/percent.ts';
import type { UrlScrubber } from '../../privacy/scrub.ts';
import { ByteBlock, ScratchBlock } from './byte-block.ts';
import { knownWords } from './byte-interner.ts';
import { CmcdScanner } from './cmcd-scanner.ts';
import { normalPath } from './normal-path.ts';
import { objectTypeOfPath } from './object-type.ts';

const SPACE = 0x20;
const HASH = 0x23;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const DASH = 0x2d;
const SLASH = 0x2f;
const COLON = 0x3a;
const EQUALS = 0x3d;
const QUESTION = 0x3f;
const AT = 0x40;
const CMCD = 0x636d6364;
const LOWER_CASE = 0x20202020;
const RID = 0x726964;
const RID_DIGITS = 16;
const SMALL_BYTES = 256;
/** Longer than any URL a CDN takes. */
const LONGEST_URL = 32_768;

/** Bytes for which a path needs more than copying: escapes, matrix parameters, what a path may not hold. */
const CARE = 128;
/** What an address in a path has at least: three dots, or two colons. */
const MAY_BE_ADDRESS = 3;
const WEIGHTS = new Uint8Array(256).fill(CARE);
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,@/") {
  WEIGHTS[char.charCodeAt(0)] = 0;
}
WEIGHTS[0x2e] = 1;
WEIGHTS[COLON] = 2;

/** How the log wrote a URL. */
export type UrlEncoding =
  /** As the viewer sent it. */
  | 'none'
  /** With one more layer of percent-encoding: CloudFront. */
  | 'percent'
  /** Its path already decoded: `$uri` of nginx. */
  | 'decoded';

/**
 * Fills the URL parts of a report: path in one spelling, query without CMCD, rid and secrets, and what they said.
 * HOT PATH: runs for every log line. Bench: test/bench/decode.ts.
 */
export class UrlReader {
  readonly cmcd = new CmcdScanner();
  readonly #scrubber: UrlScrubber;
  readonly #sessionPattern: RE2JS | null;
  readonly #scratch = new ScratchBlock(SMALL_BYTES);
  readonly #own = new ByteBlock();
  #pathBlock: ByteBlock = this.#own;
  #pathStart = 0;
  #pathEnd = 0;
  #rawQuery = '';

  /** `sessionPattern` is an RE2 pattern on path and query whose first group is a session id; '' for none. */
  constructor(sessionPattern: string, scrubber: UrlScrubber) {
    this.#scrubber = scrubber;
    this.#sessionPattern = sessionPattern === '' ? null : RE2JS.compile(sessionPattern);
  }

  /** An absolute URL as a player requested it. False when it is none. */
  read(url: string, report: RequestReport): boolean {
    if (url.length > LONGEST_URL) return false;
    const bytes = Buffer.from(url, 'utf8');
    this.#own.use(bytes);
    this.readTarget(this.#own, 0, bytes.length, 'none', report);
    this.finish(report);
    return report.host !== '' && report.path !== '';
  }

  /** Text with the secrets in it masked and its addresses cut. */
  scrub(text: string): string {
    return this.#scrubber.text(text);
  }

  /** A request target: `/path?query`, or an absolute URL, from which scheme and host are taken as well. */
  readTarget(block: ByteBlock, start: number, end: number, encoding: UrlEncoding, report: RequestReport): void {
    const { bytes } = block;
    let pathStart = start;
    if (bytes[start] !== SLASH) {
      const scheme = schemeEnd(bytes, start, end);
      if (scheme > 0) {
        report.scheme = knownWords.text(block, start, scheme).toLowerCase();
        let hostStart = scheme + 3;
        pathStart = hostStart;
        while (pathStart < end && bytes[pathStart] !== SLASH && bytes[pathStart] !== QUESTION) {
          // `user:password@host`
          if (bytes[pathStart] === AT) hostStart = pathStart + 1;
          pathStart++;
        }
        report.host = knownWords.text(block, hostStart, pathStart).toLowerCase();
      }
    }
    let pathEnd = pathStart;
    while (pathEnd < end && bytes[pathEnd] !== QUESTION && bytes[pathEnd] !== HASH) pathEnd++;
    this.readPath(block, pathStart, pathEnd, encoding, report);
    if (bytes[pathEnd] === QUESTION && pathEnd < end) this.readQuery(block, pathEnd + 1, end, encoding, report);
  }

  readPath(block: ByteBlock, start: number, end: number, encoding: UrlEncoding, report: RequestReport): void {
    const { bytes } = block;
    this.#pathBlock = block;
    this.#pathStart = start;
    this.#pathEnd = end;
    let weight = bytes[start] !== SLASH || start >= end ? CARE : 0;
    const { view } = block;
    let i = start | 0;
    for (const lastWord = end - 4; i <= lastWord; i = (i + 4) | 0) {
      const word = view.getInt32(i);
      weight =
        (weight +
          WEIGHTS[word & 0xff]! +
          WEIGHTS[(word >>> 8) & 0xff]! +
          WEIGHTS[(word >>> 16) & 0xff]! +
          WEIGHTS[word >>> 24]!) |
        0;
    }
    for (; i < end; i++) weight = (weight + WEIGHTS[bytes[i]!]!) | 0;
    if (weight < MAY_BE_ADDRESS) report.path = block.ascii(start, end);
    else if (weight < CARE) report.path = this.#scrubber.path(block.ascii(start, end));
    else report.path = this.#carefulPath(block, start, end, encoding);
  }

  /**
   * A query string; returns where it stopped: at `end`, or before a control character (the tab behind a column), so
   * that a reader of delimited lines need not look for the end of its longest column first.
   */
  readQuery(block: ByteBlock, start: number, end: number, encoding: UrlEncoding, report: RequestReport): number {
    const { bytes } = block;
    let i = start;
    let kept = '';
    let keptStart = -1;
    for (;;) {
      const paramStart = i;
      const valueStart = cmcdValue(block, i, end);
      let isKept = false;
      if (valueStart > 0) i = this.cmcd.scanQuery(block, valueStart, end, report.cmcd);
      else {
        while (i < end && bytes[i] !== AMPERSAND && bytes[i]! >= SPACE) i++;
        isKept = i > paramStart && !this.#isTaken(block, paramStart, i, report);
      }
      if (isKept && keptStart < 0) keptStart = paramStart;
      if (!isKept && keptStart >= 0) {
        kept += this.#text(block, keptStart, paramStart, encoding);
        keptStart = -1;
      }
      if (i >= end || bytes[i] !== AMPERSAND) break;
      i++;
    }
    // Most queries hold CMCD and nothing else; `-` is how some logs write none.
    const isDash = i - start === 1 && bytes[start] === DASH;
    if (keptStart >= 0 && !isDash) kept += this.#text(block, keptStart, i, encoding);
    if (kept !== '') report.query = this.#scrubber.query(kept.endsWith('&') ? kept.slice(0, -1) : kept);
    if (this.#sessionPattern !== null && !isDash) this.#rawQuery = this.#text(block, start, i, encoding);
    return i;
  }

  /** After path, query and CMCD headers are read: what they say together. */
  finish(report: RequestReport): void {
    report.objectType =
      report.cmcd.objectType !== ''
        ? report.cmcd.objectType
        : objectTypeOfPath(this.#pathBlock.bytes, this.#pathStart, this.#pathEnd);
    if (this.#sessionPattern === null) return;
    const matcher = this.#sessionPattern.matcher(`${report.path}?${this.#rawQuery}`);
    this.#rawQuery = '';
    if (matcher.find() && matcher.groupCount() > 0) report.sessionId = matcher.group(1) ?? '';
  }

  /** True for parameters that do not belong to the query: rid, which is read, and secrets. */
  #isTaken(block: ByteBlock, start: number, end: number, report: RequestReport): boolean {
    const { bytes } = block;
    let nameEnd = start;
    while (nameEnd < end && bytes[nameEnd] !== EQUALS) nameEnd++;
    if (nameEnd - start === 3 && end - nameEnd - 1 === RID_DIGITS && isRid(bytes, start, end)) {
      report.rid = block.ascii(nameEnd + 1, end).toLowerCase();
      return true;
    }
    return this.#scrubber.isSecret(bytes, start, nameEnd);
  }

  #carefulPath(block: ByteBlock, start: number, end: number, encoding: UrlEncoding): string {
    const text = normalPath(this.#text(block, start, end, encoding), encoding === 'decoded');
    if (text === '' || text === '-') return '/';
    return this.#scrubber.path(text.startsWith('/') || text === '*' ? text : `/${text}`);
  }

  /** Text with the log's own layer of percent-encoding removed, and only that. */
  #text(block: ByteBlock, start: number, end: number, encoding: UrlEncoding): string {
    if (encoding !== 'percent') return block.text(start, end);
    const target = this.#scratch.reset(end - start);
    return this.#scratch.text(0, decodePercent(block.bytes, start, end, target, 0, false));
  }
}

/** Position of the CMCD payload when a parameter is `CMCD=`, in any case, else -1. */
function cmcdValue(block: ByteBlock, i: number, end: number): number {
  if (i + 5 > end || (block.view.getInt32(i) | LOWER_CASE) !== CMCD) return -1;
  const { bytes } = block;
  if (bytes[i + 4] === EQUALS) return i + 5;
  const isEncoded =
    i + 7 <= end && bytes[i + 4] === PERCENT && bytes[i + 5] === 0x33 && (bytes[i + 6]! | 0x20) === 0x64;
  return isEncoded ? i + 7 : -1;
}

function isRid(bytes: Uint8Array, start: number, end: number): boolean {
  const name = (bytes[start]! << 16) | (bytes[start + 1]! << 8) | bytes[start + 2]! | 0x202020;
  if (name !== RID) return false;
  for (let i = start + 4; i < end; i++) if (HEX_VALUE[bytes[i]!]! < 0) return false;
  return true;
}

/** Position of `://`, -1 when there is none where a scheme would end. */
function schemeEnd(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end - 3, start + 8);
  for (let i = start + 1; i <= limit; i++) {
    if (bytes[i] === COLON) return bytes[i + 1] === SLASH && bytes[i + 2] === SLASH ? i : -1;
  }
  return -1;
}
