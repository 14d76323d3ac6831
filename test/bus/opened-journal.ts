import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Journal, type JournalOptions } from '../../collector/bus/journal.ts';
import { nodeDisk } from '../../collector/bus/journal-disk.ts';
import { playerEvent } from '../receivers/support.ts';

const root = mkdtempSync(join(tmpdir(), 'playpath-journal-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

export const newFolder = (): string => join(root, String(folders++));

/** A journal of player events that are told apart by their `seq`, and what its consumer was told. */
export function open(options: Partial<JournalOptions> = {}) {
  const folder = options.folder ?? newFolder();
  const told: number[] = [];
  const troubles: string[] = [];
  const journal = new Journal({
    folder,
    disk: nodeDisk,
    windowMs: 0,
    maxBytes: 1 << 30,
    maxAgeMs: 3_600_000,
    elapsedMs: () => elapsed.ms,
    consumer: {
      event: (event) => told.push(event.kind === 'player' ? (event.seq ?? -1) : -1),
      tick: (nowMs) => told.push(-nowMs),
    },
    sourceOf: (source) => source,
    onTrouble: () => troubles.push('troubled'),
    onRecovered: () => troubles.push('recovered'),
    ...options,
  });
  const publish = (...seqs: readonly number[]) => seqs.map((seq) => journal.publish(playerEvent({ seq }), 1_000));
  const files = () => readdirSync(folder).map((name) => join(folder, name));
  const { cutBytes } = journal.open();
  return { journal, folder, cutBytes, told, troubles, publish, files };
}

/** One that has nothing to read again. */
export async function openNew(options: Partial<JournalOptions> = {}) {
  const opened = open(options);
  await opened.journal.replay(0);
  return opened;
}

export const elapsed = { ms: 0 };
