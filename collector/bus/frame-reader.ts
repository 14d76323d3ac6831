import type { Client } from '../model/client.ts';
import type { Event } from '../model/event.ts';
import { RequestReport } from '../model/request.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import type { LogConsumer } from './bus.ts';
import { RECORD } from './frame-writer.ts';
import { readPlayerEvent } from './player-record.ts';
import { readReport } from './read-report.ts';
import { RecordReader } from './record-reader.ts';

/** The source a journal names as it is today, or as it was written when it is no longer configured. */
export type SourceOfName = (written: Source) => Source;

/**
 * Hands the records of one frame to a consumer, from offset `from` on. Returns how many records it read; fewer than the
 * frame has when it is not what this release writes. The report handed over is valid during the call only.
 */
export function readFrame(
  records: Buffer,
  firstOffset: number,
  from: number,
  sourceOf: SourceOfName,
  consumer: LogConsumer,
): number {
  const reader = new RecordReader(records);
  const report = new RequestReport();
  const sources: Source[] = [];
  const clients: Client[] = [];
  let offset = firstOffset;
  while (reader.hasMore) {
    const kind = reader.byte();
    if (kind === RECORD.source) {
      const source = sourceOfText(reader.string());
      if (source === null) break;
      sources.push(sourceOf(source));
    } else if (kind === RECORD.client) clients.push(readClient(reader));
    else if (kind === RECORD.region) {
      const client = clients.pop();
      if (client === undefined) break;
      clients.push({ ...client, region: reader.string() });
    } else if (kind === RECORD.skipped) {
      const count = reader.varint();
      if (reader.isBroken) break;
      offset += count;
    } else if (kind === RECORD.tick) {
      const nowMs = reader.double();
      if (reader.isBroken) break;
      if (offset >= from) consumer.tick(nowMs, offset);
      offset++;
    } else if (kind === RECORD.report || kind === RECORD.player) {
      const nowMs = reader.double();
      const event = readEvent(reader, kind, report, sources, clients);
      if (event === null) break;
      if (offset >= from) consumer.event(event, nowMs, offset);
      offset++;
    } else break;
  }
  return offset - firstOffset;
}

/** When the last record of a frame was written; NaN when it has none that can be read. */
export function timeAtEnd(records: Buffer): UnixMs {
  let lastMs = Number.NaN;
  const note = (nowMs: UnixMs): void => {
    lastMs = nowMs;
  };
  readFrame(records, 0, 0, (source) => source, { event: (_, nowMs) => note(nowMs), tick: note });
  return lastMs;
}

function readEvent(
  reader: RecordReader,
  kind: number,
  report: RequestReport,
  sources: readonly Source[],
  clients: readonly Client[],
): Event | null {
  const source = sources[reader.varint() - 1];
  const clientNumber = reader.varint();
  const client = clients[clientNumber - 1];
  if (source === undefined || (client === undefined && clientNumber !== 0)) return null;
  if (kind === RECORD.report) {
    readReport(reader, report);
    report.source = source;
    report.client = client ?? null;
    return reader.isBroken ? null : report;
  }
  const said = readPlayerEvent(reader);
  if (reader.isBroken) return null;
  return { kind: 'player', source, ...said, ...(client ? { client } : {}) };
}

function readClient(reader: RecordReader): Client {
  return {
    deviceKey: reader.string(),
    network: reader.string(),
    country: reader.string(),
    region: '',
    userAgent: reader.string(),
    software: reader.string(),
    deviceClass: reader.string(),
    os: reader.string(),
    asn: reader.double(),
    isBot: reader.byte() === 1,
  };
}

function sourceOfText(text: string): Source | null {
  try {
    return JSON.parse(text) as Source;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
