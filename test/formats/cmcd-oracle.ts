import { decodeCmcd, fromCmcdHeaders, fromCmcdQuery } from '@svta/cml-cmcd';
import { ByteBlock } from '../../collector/formats/parse/byte-block.ts';
import { CmcdScanner } from '../../collector/formats/parse/cmcd-scanner.ts';
import { Cmcd } from '../../collector/model/cmcd.ts';

const scanner = new CmcdScanner();

/** What our scanner reads from the value of a `CMCD` argument. */
export function scanQuery(value: string): Cmcd {
  const cmcd = new Cmcd();
  const bytes = Buffer.from(value);
  scanner.scanQuery(blockOf(bytes), 0, bytes.length, cmcd);
  return cmcd;
}

/** What our scanner reads from header values or event lines, one after the other. */
export function scanPlain(...values: string[]): Cmcd {
  const cmcd = new Cmcd();
  for (const value of values) {
    const bytes = Buffer.from(value);
    scanner.scanPlain(blockOf(bytes), 0, bytes.length, cmcd);
  }
  return cmcd;
}

function blockOf(bytes: Uint8Array): ByteBlock {
  const block = new ByteBlock();
  block.use(bytes);
  return block;
}

/** The library's answer in our words, null where it refuses the input. */
export function libraryQuery(query: string): Partial<Cmcd> | null {
  return attempt(() => fromCmcdQuery(query) as Record<string, unknown>);
}

export function libraryPlain(text: string): Partial<Cmcd> | null {
  return attempt(() => decodeCmcd(text) as Record<string, unknown>);
}

export function libraryHeaders(headers: Record<string, string>): Partial<Cmcd> | null {
  return attempt(() => fromCmcdHeaders(headers) as Record<string, unknown>);
}

function attempt(decode: () => Record<string, unknown>): Partial<Cmcd> | null {
  try {
    return inOurWords(decode());
  } catch {
    return null;
  }
}

const NUMBERS = {
  br: 'bitrateKbps',
  bl: 'bufferMs',
  d: 'objectDurationMs',
  dl: 'deadlineMs',
  mtp: 'measuredKbps',
  rtp: 'requestedMaxKbps',
  tb: 'topBitrateKbps',
  lb: 'lowestBitrateKbps',
  pb: 'playheadBitrateKbps',
  sn: 'sn',
  v: 'version',
  ltc: 'liveLatencyMs',
  pr: 'playbackRate',
  pt: 'playheadMs',
  dfa: 'droppedFrames',
  bsd: 'starvedMs',
  ts: 'ts',
  rc: 'responseCode',
} as const;
const TEXTS = {
  sid: 'sid',
  cid: 'cid',
  sf: 'streamingFormat',
  e: 'event',
  url: 'url',
  h: 'host',
  cen: 'customEvent',
} as const;
const FLAGS = { bs: 'isStarved', su: 'isStartup', bg: 'isBackground' } as const;

function inOurWords(data: Record<string, unknown>): Partial<Cmcd> {
  const ours: Record<string, unknown> = {};
  for (const [key, name] of Object.entries(NUMBERS)) if (key in data) ours[name] = first(data[key]);
  for (const [key, name] of Object.entries(TEXTS)) if (key in data) ours[name] = String(first(data[key]));
  for (const [key, name] of Object.entries(FLAGS)) if (key in data) ours[name] = first(data[key]);
  return ours as Partial<Cmcd>;
}

/** First value of an inner list, out of its parameters and token wrappers. */
function first(value: unknown): unknown {
  if (Array.isArray(value)) return first(value[0]);
  if (typeof value !== 'object' || value === null) return value;
  if ('value' in value) return first(value.value);
  return 'description' in value ? value.description : String(value);
}

/** Names of fields in which our answer differs from the library's. */
export function disagreements(ours: Cmcd, library: Partial<Cmcd>): string[] {
  return Object.entries(library)
    .filter(([name, value]) => !Object.is(ours[name as keyof Cmcd], value))
    .map(([name, value]) => `${name}: ${String(ours[name as keyof Cmcd])} instead of ${String(value)}`);
}
