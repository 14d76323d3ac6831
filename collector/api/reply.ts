/** An answer of the API before it meets a socket. */
export type Reply = {
  readonly status: number;
  readonly type:
    | 'application/json'
    | 'text/csv; charset=utf-8'
    | 'text/html; charset=utf-8'
    | 'text/javascript; charset=utf-8'
    | 'text/css; charset=utf-8'
    | 'image/svg+xml'
    | 'image/png'
    | 'font/ttf'
    | 'font/woff2';
  /** Text in pieces when the whole would be large. */
  readonly body: string | Buffer | Iterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
};

export function json(value: unknown, status = 200): Reply {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

/** What went wrong, for a person reading the response. */
export function problem(status: number, message: string): Reply {
  return json({ error: message }, status);
}
