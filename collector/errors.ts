/**
 * Every way the set-up or the machine can be broken, with what to do about it; docs/errors.md is made from this list.
 * Bad data never gets here (it is a counted reject), and a full queue never gets here (it is an answer).
 */
export const ERROR_CODES = {
  config_invalid: 'The configuration has problems; all of them are listed. Correct them and start again.',
  listen_failed: 'A port could not be opened: it is in use, or the process may not bind it.',
  file_unreadable: 'A configured log file or folder cannot be read; check path and permissions.',
  checkpoint_unreadable: 'The file positions cannot be read back. Remove the file to read all logs from the start.',
  checkpoint_unwritable:
    'The file positions cannot be saved; check the folder. Lines would be read twice after a restart.',
  store_failed: 'The analytics store did not accept a write or a query.',
  bus_failed: 'The message log did not accept or return records.',
  export_failed: 'An exporter could not deliver, and its retries are used up.',
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** Broken set-up or I/O. `retryable`: the same call may succeed later without anybody changing anything. */
export class PlaypathError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlaypathError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** The code of a Node system error (`ENOENT`, `EADDRINUSE` …), '' for anything else. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}
