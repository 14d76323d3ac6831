import { createHmac, hash as digest } from 'node:crypto';
import type { NetworkLookup } from '../enrich/country.ts';
import { LONGEST_USER_AGENT, type UserAgents } from '../enrich/user-agent.ts';
import type { ClientDirectory, ClientHints } from '../formats/format.ts';
import type { Client } from '../model/client.ts';
import { type AddressCut, cutAddress, isPublic, parseAddress } from './addresses.ts';
import { ByteHash } from './byte-hash.ts';
import { HashSlots } from './hash-slots.ts';
import { decodePercentText } from './percent.ts';

export type ClientOptions = {
  /** Key of the device hash. Never stored, never shown. */
  readonly secret: string;
  /** How long a device keeps its key. */
  readonly rotateMs: number;
  readonly cut: AddressCut;
  /** Clients remembered at most. */
  readonly limit: number;
  readonly networks: NetworkLookup;
  readonly userAgents: UserAgents;
};

/** Of an address list no more is looked at. */
const LONGEST_ADDRESS_LIST = 1_024;
const REMEMBERED_PERIODS = 16;
const NO_HINTS: ClientHints = { country: '', region: '', asn: Number.NaN, isBot: false };

const HMAC_BLOCK_BYTES = 64;

/** The salt of one rotation period as the two keys of HMAC, and where its clients lie in the table. */
type Period = {
  readonly innerKey: Buffer;
  readonly outerKey: Buffer;
  readonly seedHigh: number;
  readonly seedLow: number;
};

/**
 * Turns (address, user agent) into a `Client` and forgets the address: country and network are looked up, the device
 * key is computed, the address is cut (semantics.md section 9). A client seen lately is found by a keyed hash of its
 * bytes, without a string. The salt depends on the record's time only, so a replay gives the same device keys.
 * HOT PATH: `lookupBytes` runs for every log line. Bench: test/bench/decode.ts.
 */
export class Clients implements ClientDirectory {
  readonly #options: ClientOptions;
  readonly #slots: HashSlots;
  readonly #clients: (Client | null)[];
  readonly #hash = new ByteHash();
  readonly #periods = new Map<number, Period>();
  #period: Period;
  #periodIndex: number;
  #newestIndex = 0;
  /** The buffer of the last line and its view: readers use one buffer for thousands of lines. */
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#slots = new HashSlots(options.limit);
    this.#clients = new Array<Client | null>(this.#slots.capacity).fill(null);
    this.#periodIndex = 0;
    this.#period = this.#periodAt(0);
  }

  lookup(address: string, userAgent: string, atMs = Number.NaN, hints: ClientHints = NO_HINTS): Client | null {
    const bytes = Buffer.from(address + userAgent);
    const split = Buffer.byteLength(address);
    return this.lookupBytes(bytes, 0, split, split, bytes.length, 'raw', atMs, hints);
  }

  lookupBytes(
    bytes: Uint8Array,
    addressStart: number,
    addressEnd: number,
    agentStart: number,
    agentEnd: number,
    agentEncoding: 'raw' | 'percent',
    atMs = Number.NaN,
    hints: ClientHints = NO_HINTS,
  ): Client | null {
    if (addressEnd <= addressStart && agentEnd <= agentStart) return null;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const index = Number.isNaN(atMs) ? this.#newestIndex : Math.floor(atMs / this.#options.rotateMs);
    if (index !== this.#periodIndex) {
      this.#periodIndex = index;
      this.#period = this.#periodAt(index);
      if (index > this.#newestIndex) this.#newestIndex = index;
    }
    const hash = this.#hash;
    hash.begin(this.#period.seedHigh, this.#period.seedLow);
    hash.add(this.#view, addressStart, addressEnd);
    hash.add(this.#view, agentStart, agentEnd);
    hash.addNumber((agentEncoding === 'percent' ? 2 : 0) + (hints.isBot ? 1 : 0));
    hash.end();
    const { high, low } = hash;
    const slot = this.#slots.find(high, low);
    if (slot >= 0) return this.#clients[slot]!;
    const address = textOf(bytes, addressStart, Math.min(addressEnd, addressStart + LONGEST_ADDRESS_LIST));
    const agent = textOf(bytes, agentStart, Math.min(agentEnd, agentStart + LONGEST_USER_AGENT * 5));
    const client = this.#client(address, agentEncoding === 'percent' ? decodedAgent(agent) : agent, hints);
    this.#clients[this.#slots.claim(high, low)] = client;
    return client;
  }

  #client(addressText: string, userAgent: string, hints: ClientHints): Client {
    const { cut, networks, userAgents } = this.#options;
    const whole = userAgent === '-' || userAgent === '(null)' ? '' : userAgent;
    const agent = whole.slice(0, LONGEST_USER_AGENT);
    const address = viewerIn(addressText);
    const canonical = address?.toString() ?? '';
    const { software, os, deviceClass, isBot, text } = userAgents.classify(whole);
    return {
      // Without an address there is no device to tell apart, only a user agent that many share.
      deviceKey: address === null ? '' : this.#deviceKey(canonical, agent),
      network: address === null ? '' : cutAddress(address, cut),
      country: hints.country !== '' ? hints.country : canonical === '' ? '' : networks.country(canonical),
      region: hints.region !== '' ? hints.region : canonical === '' ? '' : networks.region(canonical),
      asn: hints.asn > 0 ? hints.asn : canonical === '' ? Number.NaN : networks.asn(canonical),
      userAgent: text,
      software,
      deviceClass,
      os,
      isBot: isBot || hints.isBot,
    };
  }

  #deviceKey(address: string, userAgent: string): string {
    // HMAC-SHA-256 (RFC 2104) written out: Node's Hmac object costs ten times what its hash does.
    const { innerKey, outerKey } = this.#period;
    const inner = digest('sha256', Buffer.concat([innerKey, Buffer.from(`${address}\n${userAgent}`)]), 'buffer');
    // Not cut from a longer text, which would live as long as the key does.
    return digest('sha256', Buffer.concat([outerKey, inner]), 'buffer').toString('hex', 0, 8);
  }

  #periodAt(index: number): Period {
    const known = this.#periods.get(index);
    if (known !== undefined) return known;
    const salt = createHmac('sha256', this.#options.secret)
      .update(`playpath device salt ${this.#options.rotateMs} ${index}`)
      .digest();
    const period = {
      innerKey: paddedKey(salt, 0x36),
      outerKey: paddedKey(salt, 0x5c),
      seedHigh: salt.readInt32LE(0),
      seedLow: salt.readInt32LE(4),
    };
    if (this.#periods.size >= REMEMBERED_PERIODS) this.#periods.clear();
    this.#periods.set(index, period);
    return period;
  }
}

function paddedKey(salt: Buffer, pad: number): Buffer {
  return Buffer.alloc(HMAC_BLOCK_BYTES, pad).map((byte, index) => byte ^ (salt[index] ?? 0)) as Buffer;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString('utf8');
}

/** CloudFront encoded user agents twice before 2020. */
function decodedAgent(agent: string): string {
  const once = decodePercentText(agent);
  return /%20|%2F|%28/i.test(once) && !once.includes(' ') ? decodePercentText(once) : once;
}

/**
 * One address, or a list that a server wrote down: `X-Forwarded-For`, and its own peer last. Whoever asks can begin the
 * list with any address, so it is read from the right. A private peer is a proxy of the server's own network, and what
 * stood before it was seen by it.
 */
function viewerIn(text: string): ReturnType<typeof parseAddress> {
  if (!text.includes(',')) return parseAddress(text);
  const hops = text.split(',').map(parseAddress);
  return hops.findLast((hop) => hop !== null && isPublic(hop)) ?? hops.findLast((hop) => hop !== null) ?? null;
}
