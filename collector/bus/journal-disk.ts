import { closeSync, constants, fdatasync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** Appending, because what is written after a cut must not stand where it would have stood before. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;

/** What the journal does to a disk. Tests hand in one that is full, slow or broken. */
export type JournalDisk = {
  /** A new file, its name as safe as its content will be. */
  create(path: string, folder: string): number;
  /** Writes everything or throws; a part of it may be in the file then. */
  write(file: number, bytes: Uint8Array): void;
  truncate(file: number, sizeBytes: number): void;
  sync(file: number, done: (error: Error | null) => void): void;
  syncNow(file: number): void;
  close(file: number): void;
};

export const nodeDisk: JournalDisk = {
  create(path, folder) {
    const file = openSync(path, NEW_FILE, 0o600);
    // Without this a power cut can take the name of a file whose content is safe.
    const directory = openSync(folder, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
    return file;
  },
  write(file, bytes) {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
  },
  truncate: ftruncateSync,
  sync: (file, done) => fdatasync(file, done),
  syncNow: fdatasyncSync,
  close: closeSync,
};
