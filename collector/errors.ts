/**
 * Every way Playpath can fail because of its set-up or its surroundings. Bad data is never an error (it is a counted
 * RejectReason) and neither is being busy (an outcome). `docs/errors.md` is generated from this list.
 */
export const ERROR_CODES = {
  config_invalid: {
    retryable: false,
    meaning: 'The configuration file, an environment variable or a command line argument is wrong.',
    remedy: 'Every problem is listed with its place; docs/config.md has every key.',
  },
  config_unreadable: {
    retryable: false,
    meaning: 'The configuration file, or a file it refers to, could not be read.',
    remedy: 'Check the path and that the user Playpath runs as may read it.',
  },
  listen_failed: {
    retryable: false,
    meaning: 'A port could not be opened: another process has it, or this one may not.',
    remedy: 'Choose another port, or stop the process that holds it.',
  },
  tls_unreadable: {
    retryable: false,
    meaning: 'Certificate, key or client authority of a port could not be read, or do not belong together.',
    remedy:
      'Check the files of `tls` and that the user Playpath runs as may read them. After a reload the old ones stay.',
  },
  log_unreadable: {
    retryable: true,
    meaning: 'A log file that a source names could not be read.',
    remedy: 'Check the path and that the user Playpath runs as may read it. It is tried again at the next poll.',
  },
  data_in_use: {
    retryable: true,
    meaning: 'Another collector is running on the same data folder.',
    remedy: 'Stop it, or give each collector a `dataDir` of its own.',
  },
  journal_unusable: {
    retryable: false,
    meaning: 'The folder of the journal cannot be made, listed or read.',
    remedy: 'Check `dataDir` and that the user Playpath runs as may write there.',
  },
  positions_unreadable: {
    retryable: false,
    meaning: 'The file with the reading positions of the logs is damaged.',
    remedy: 'Delete it to read all logs from their beginning; lines read before are recognised only for a while.',
  },
  positions_unwritable: {
    retryable: true,
    meaning: 'The reading positions of the logs could not be saved; after a restart lines would be read again.',
    remedy: 'Check space and permissions of the data folder.',
  },
  store_limit: {
    retryable: false,
    meaning: 'A query of the analytics store wanted more time, rows or memory than it may have.',
    remedy: 'Ask for less time or fewer rows, or raise the limits under store.query.',
  },
  store_locked: {
    retryable: false,
    meaning: 'The folder of the embedded analytics store is in use: it belongs to one process at a time.',
    remedy: 'Stop the other process, or give this one a store.path of its own.',
  },
  store_missing: {
    retryable: false,
    meaning: 'The embedded analytics store was asked for, and its npm package chdb is not installed here.',
    remedy: 'Run npm ci on Linux with glibc or on macOS, or name a ClickHouse server in store.url.',
  },
  store_outdated: {
    retryable: false,
    meaning: 'The tables of the analytics store are older than this version of Playpath.',
    remedy: 'Run `playpath migrate` once with the same configuration.',
  },
  store_refused: {
    retryable: false,
    meaning: 'The analytics store cannot carry out a statement: sent again it would fail again.',
    remedy: 'This is a defect of Playpath, or the tables were changed by hand; the message has what ClickHouse says.',
  },
  store_unavailable: {
    retryable: true,
    meaning: 'The analytics store does not answer, or cannot work now.',
    remedy: 'Check address, user and password under store, and the space on its disk. Rows wait and are sent again.',
  },
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof ERROR_CODES;

export type ErrorDescription = {
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  readonly meaning: string;
  readonly remedy: string;
};

/** A failure of set-up or I/O. `retryable` comes from the list, so that one code always means one thing. */
export class PlaypathError extends Error {
  override readonly name: string = 'PlaypathError';
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = ERROR_CODES[code].retryable;
  }
}

/** The code of a Node system error (`ENOENT`, `EADDRINUSE` …), '' for anything else. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
