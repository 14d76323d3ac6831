import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type LabDelivery, PLAYER_SOURCE } from './delivery.ts';
import type { FleetTruth } from './fleet-truth.ts';
import type { LabSink } from './lab.ts';
import type { SessionTruth } from './session-truth.ts';
import type { LabSource } from './sources.ts';

const CHUNK_CHARACTERS = 1 << 18;

/** Writes a run into a folder: a file per source, a capture of the posts, and the truth beside them. */
export class LabFiles implements LabSink {
  readonly #folder: string;
  readonly #logs = new Map<string, TextFile>();
  readonly #sessions: TextFile;

  constructor(folder: string, sources: readonly LabSource[]) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    for (const { name, file } of sources) this.#logs.set(name, new TextFile(join(folder, file)));
    this.#sessions = new TextFile(join(folder, 'truth.sessions.jsonl'));
  }

  delivery(delivery: LabDelivery): void {
    const text = delivery.source === PLAYER_SOURCE ? captureLine(delivery) : delivery.body;
    this.#logs.get(delivery.source)?.write(`${text}\n`);
  }

  session(truth: SessionTruth): void {
    this.#sessions.write(`${JSON.stringify(truth)}\n`);
  }

  close(fleet: FleetTruth): void {
    for (const log of this.#logs.values()) log.close();
    this.#sessions.close();
    const file = new TextFile(join(this.#folder, 'truth.fleet.json'));
    file.write(`${JSON.stringify(fleet, null, 1)}\n`);
    file.close();
  }
}

/** A recorded post as replay reads it; `kind` says which endpoint it came to. */
export function captureLine({ deliveredMs, path, contentType, body, address, userAgent }: LabDelivery): string {
  const kind = path === '/v1/beacon' ? 'playpath' : 'cmcd';
  const recv = Math.round(deliveredMs);
  return JSON.stringify({
    recv,
    kind,
    method: 'POST',
    ct: contentType,
    len: body.length,
    body,
    address,
    ua: userAgent,
  });
}

/** Appends text in large pieces. */
class TextFile {
  readonly #file: number;
  #pieces: string[] = [];
  #characters = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  write(text: string): void {
    this.#pieces.push(text);
    this.#characters += text.length;
    if (this.#characters >= CHUNK_CHARACTERS) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#characters > 0) writeSync(this.#file, this.#pieces.join(''));
    this.#pieces = [];
    this.#characters = 0;
  }
}
