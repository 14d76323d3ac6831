import { crc32 } from 'node:zlib';
import type { Client } from '../model/client.ts';
import type { Event } from '../model/event.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import { writePlayerEvent } from './player-record.ts';
import { RecordWriter } from './record-writer.ts';
import { writeReport } from './write-report.ts';

/** `PPJ1`. */
export const FRAME_MAGIC = 0x314a5050;
/** Magic, bytes of records, checksum of all that follows it, number of records, offset of the first. */
export const HEADER_BYTES = 24;
/** Where what the checksum covers begins. */
export const CHECKED_FROM = 12;
/** Kinds of records. Sources and clients come before the first record that refers to them by their number; a region is that
 * of the client before it; `skipped` stands for as many records as it says, which were left out later. */
export const RECORD = { report: 1, player: 2, tick: 3, source: 4, client: 5, region: 6, skipped: 7 } as const;

/**
 * HOT PATH. Records that are written to disk together, with one checksum. A frame is readable without any other: what
 * it refers to is in it.
 */
export class FrameWriter {
  readonly #writer = new RecordWriter();
  readonly #sources = new Map<Source, number>();
  readonly #clients = new Map<Client, number>();
  #records = 0;

  constructor() {
    this.#writer.reset(HEADER_BYTES);
  }

  get records(): number {
    return this.#records;
  }

  get sizeBytes(): number {
    return this.#writer.size;
  }

  add(event: Event, nowMs: UnixMs): void {
    const source = this.#sources.get(event.source) ?? this.#addSource(event.source);
    const { client } = event;
    const clientNumber = client ? (this.#clients.get(client) ?? this.#addClient(client)) : 0;
    const writer = this.#writer;
    writer.byte(event.kind === 'request' ? RECORD.report : RECORD.player);
    writer.double(nowMs);
    writer.varint(source);
    writer.varint(clientNumber);
    if (event.kind === 'request') writeReport(writer, event);
    else writePlayerEvent(writer, event);
    this.#records++;
  }

  tick(nowMs: UnixMs): void {
    this.#writer.byte(RECORD.tick);
    this.#writer.double(nowMs);
    this.#records++;
  }

  /** Records that are left out. */
  skip(count: number): void {
    this.#writer.byte(RECORD.skipped);
    this.#writer.varint(count);
    this.#records += count;
  }

  /** The frame's bytes, valid until `clear`. */
  seal(firstOffset: number): Buffer {
    const bytes = this.#writer.written;
    bytes.writeUInt32LE(FRAME_MAGIC, 0);
    bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 4);
    bytes.writeUInt32LE(this.#records, 12);
    bytes.writeDoubleLE(firstOffset, 16);
    bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 8);
    return bytes;
  }

  clear(): void {
    this.#writer.reset(HEADER_BYTES);
    this.#sources.clear();
    this.#clients.clear();
    this.#records = 0;
  }

  #addSource(source: Source): number {
    this.#writer.byte(RECORD.source);
    this.#writer.string(JSON.stringify(source));
    return number(this.#sources, source);
  }

  #addClient(client: Client): number {
    this.#writer.byte(RECORD.client);
    for (const text of [client.deviceKey, client.network, client.country, client.userAgent]) this.#writer.string(text);
    for (const text of [client.software, client.deviceClass, client.os]) this.#writer.string(text);
    this.#writer.double(client.asn);
    this.#writer.byte(client.isBot ? 1 : 0);
    if (client.region !== '') {
      this.#writer.byte(RECORD.region);
      this.#writer.string(client.region);
    }
    return number(this.#clients, client);
  }
}

/** Numbers start at 1: 0 is no client. */
function number<Key>(numbers: Map<Key, number>, key: Key): number {
  numbers.set(key, numbers.size + 1);
  return numbers.size;
}
