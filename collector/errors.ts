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
