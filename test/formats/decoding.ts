import { networkLookup } from '../../collector/enrich/country.ts';
import { UserAgents } from '../../collector/enrich/user-agent.ts';
import type { ClientDirectory, Decoded, FormatSettings, LineDecoder } from '../../collector/formats/format.ts';
import { formatNamed } from '../../collector/formats/index.ts';
import { cloneEvent } from '../../collector/model/clone-report.ts';
import type { Event } from '../../collector/model/event.ts';
import { RequestReport } from '../../collector/model/request.ts';
import type { Delivery, Source } from '../../collector/model/source.ts';
import { DEFAULT_CUT } from '../../collector/privacy/addresses.ts';
import { Clients } from '../../collector/privacy/clients.ts';

const RECEIVED_MS = 1_800_000_000_000;

/** A directory whose keys are the same on every run. */
export function testClients(changes: Partial<ConstructorParameters<typeof Clients>[0]> = {}): Clients {
  return new Clients({
    secret: 'test',
    rotateMs: 86_400_000,
    cut: DEFAULT_CUT,
    limit: 1_024,
    networks: networkLookup(null),
    userAgents: new UserAgents(1_024),
    ...changes,
  });
}

export function testSource(changes: Partial<Source> = {}): Source {
  return {
    index: 0,
    name: 'test',
    format: 'test',
    tier: 'edge',
    emitter: 'cdn-a',
    tenant: 'default',
    latenessMs: 0,
    sampleRate: 1,
    timeZone: 'UTC',
    ...changes,
  };
}

export function testDelivery(changes: Partial<Source> = {}): Delivery {
  return { source: testSource(changes), receivedMs: RECEIVED_MS };
}

export function decoderOf(
  format: string,
  settings: Partial<FormatSettings> = {},
  clients: ClientDirectory = testClients(),
): LineDecoder {
  return formatNamed(format).create({ timeZone: 'UTC', fields: [], sessionPattern: '', clients, ...settings });
}

export type DecodedLine = { readonly decoded: Decoded; readonly events: readonly Event[] };

/** What a decoder makes of each line; events are copies, as a decoder reuses its own. */
export function decodeLines(
  decoder: LineDecoder,
  bytes: Uint8Array,
  delivery: Delivery = testDelivery(),
): DecodedLine[] {
  const lines: DecodedLine[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const events: Event[] = [];
    const decoded = decoder.decode(bytes, start, end, delivery, (event) => events.push(cloneEvent(event)));
    lines.push({ decoded, events });
    start = end + 1;
  }
  return lines;
}

/** The one report that a line becomes. */
export function reportOf(decoder: LineDecoder, line: string | Uint8Array, delivery?: Delivery): RequestReport {
  const bytes = typeof line === 'string' ? Buffer.from(line) : line;
  const [first] = decodeLines(decoder, bytes, delivery);
  const event = first?.events[0];
  if (!(event instanceof RequestReport)) throw new Error(`no report, but ${first?.decoded}: ${line}`);
  return event;
}

const BLANK = new RequestReport();

/** An event as JSON that shows only what it says: absent fields and defaults are left out. */
export function toPlain(event: Event): Record<string, unknown> {
  const plain = event instanceof RequestReport ? differences(event, BLANK) : { ...event };
  delete plain.receivedMs;
  const { source } = event;
  return { ...plain, source: `${source.tier} ${source.emitter}` };
}

function differences(value: object, blank: object): Record<string, unknown> {
  const found: Record<string, unknown> = { kind: 'request' };
  // A report's numbers are accessors of its class, which `for in` names as well.
  for (const name in value) {
    const field = (value as Record<string, unknown>)[name];
    const usual = (blank as Record<string, unknown>)[name];
    if (name === 'numbers' || name === 'sidHint' || Object.is(field, usual) || field === null) continue;
    if (name === 'cmcd') {
      const { kind, ...cmcd } = differences(field as object, usual as object);
      if (kind !== undefined && Object.keys(cmcd).length > 0) found[name] = cmcd;
    } else found[name] = name === 'client' ? withoutAbsent(field as object) : field;
  }
  return found;
}

function withoutAbsent(value: object): object {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== '' && field !== false && !Number.isNaN(field)),
  );
}
