import type { Bus } from '../../collector/bus/bus.ts';
import type { ClientDirectory, Decoded, LineDecoder } from '../../collector/formats/format.ts';
import { formatNamed } from '../../collector/formats/index.ts';
import { UrlReader } from '../../collector/formats/parse/url-reader.ts';
import { cloneEvent } from '../../collector/model/clone-report.ts';
import type { Event } from '../../collector/model/event.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import { RequestReport } from '../../collector/model/request.ts';
import type { Delivery, Source, Tier } from '../../collector/model/source.ts';
import { UrlScrubber } from '../../collector/privacy/scrub.ts';
import { DeadLetters } from '../../collector/receivers/dead-letter.ts';
import { isRecord } from '../../collector/receivers/fields.ts';
import { Ingest } from '../../collector/receivers/ingest.ts';
import type { LineSource } from '../../collector/receivers/sources.ts';

export function source(name: string, options: Partial<Source> = {}): Source {
  const tier: Tier = name === 'player' ? 'player' : 'edge';
  return {
    index: 0,
    name,
    format: 'test',
    tier,
    emitter: name,
    tenant: 'default',
    latenessMs: 0,
    sampleRate: 1,
    timeZone: 'UTC',
    ...options,
  };
}

export function playerEvent(fields: Partial<PlayerEvent> = {}): PlayerEvent {
  return {
    kind: 'player',
    name: 'heartbeat',
    source: source('player'),
    sid: 'session-1',
    tsMs: 1_795_294_681_000,
    receivedMs: 1_795_294_681_000,
    ...fields,
  };
}

/** Reads `{"t":ms,"path":"/x","sid":"s"}`; knows as little of real formats as a receiver may. */
export class TestJsonDecoder implements LineDecoder {
  readonly #report = new RequestReport();

  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded {
    let line: unknown;
    try {
      line = JSON.parse(Buffer.from(bytes.subarray(start, end)).toString('utf8'));
    } catch {
      return 'not_json';
    }
    if (!isRecord(line)) return 'not_object';
    if (typeof line.t !== 'number') return 'missing_time';
    const report = this.#report;
    report.clear();
    report.source = delivery.source;
    report.receivedMs = delivery.receivedMs;
    report.startMs = line.t;
    report.path = String(line.path);
    report.cmcd.sid = typeof line.sid === 'string' ? line.sid : '';
    emit(report);
    return '';
  }
}

/** Tab-separated lines under a `#Fields:` header, bound by name as CloudFront's are. */
export class TestFieldsDecoder implements LineDecoder {
  #fields: readonly string[] = [];

  forgetHeader(): void {
    this.#fields = [];
  }

  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded {
    const line = Buffer.from(bytes.subarray(start, end)).toString('utf8');
    if (line.startsWith('#Fields: ')) this.#fields = line.slice(9).split(' ');
    if (line.startsWith('#')) return 'skip';
    if (this.#fields.length === 0) return 'no_fields_header';
    const values = line.split('\t');
    const value = (name: string): string => values[this.#fields.indexOf(name)] ?? '';
    if (!(Number(value('time')) > 0)) return 'bad_time';
    const report = new RequestReport();
    report.source = delivery.source;
    report.startMs = Number(value('time'));
    report.path = value('path');
    emit(report);
    return '';
  }
}

/** URLs as production reads them. */
export const testUrls = new UrlReader('', new UrlScrubber());

export const testClients: ClientDirectory = {
  lookup: (address, userAgent) => ({
    deviceKey: `${userAgent}@${address}`.slice(0, 64),
    network: address,
    country: '',
    region: '',
    asn: 0,
    userAgent,
    software: '',
    deviceClass: '',
    os: '',
    isBot: false,
  }),
  lookupBytes: () => null,
};

/** What `/v1/cmcd` reads with in production. */
export function cmcdDecoder(): LineDecoder {
  return formatNamed('cmcd-event').create({ timeZone: 'UTC', fields: [], sessionPattern: '', clients: testClients });
}

/** A bus that keeps copies, and says `full` once it holds `limit` events. */
export class TestBus implements Bus {
  readonly events: Event[] = [];
  limit = Number.POSITIVE_INFINITY;
  flushes = 0;

  publish(event: Event): 'stored' | 'full' {
    if (this.events.length >= this.limit) return 'full';
    this.events.push(cloneEvent(event));
    return 'stored';
  }

  async flush(): Promise<'stored' | 'full'> {
    this.flushes += 1;
    return 'stored';
  }

  get reports(): RequestReport[] {
    return this.events.filter((event) => event.kind === 'request');
  }

  get playerEvents(): PlayerEvent[] {
    return this.events.filter((event) => event.kind === 'player');
  }

  get paths(): string[] {
    return this.reports.map((report) => report.path);
  }
}

export const NOW = 1_795_294_681_000;

export function testIngest(now: () => number = () => NOW) {
  const bus = new TestBus();
  const deadLetters = new DeadLetters({ path: '', maxBytes: 0, scrub: (text) => text });
  const ingest = new Ingest({ bus, deadLetters, now });
  /** What was refused, as `source reason` → times. */
  const refused = (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const [name, { rejected }] of ingest.counts) {
      for (const [reason, times] of rejected) counts[`${name} ${reason}`] = times;
    }
    return counts;
  };
  return { bus, ingest, refused };
}

export function lineSource(name: string, options: Partial<LineSource> & { source?: Source } = {}): LineSource {
  return { source: source(name), createDecoder: () => new TestJsonDecoder(), auth: null, otlpNames: [], ...options };
}
