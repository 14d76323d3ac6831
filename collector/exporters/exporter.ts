import type { Span } from '../model/span.ts';

/** Takes finished spans somewhere. What it could not take, it says at once; what it took, it delivers or counts. */
export interface SpanExporter {
  /** `full` is an answer, not an error: the partition pauses, waits for `room` and adds the same span again. */
  add(span: Span): 'queued' | 'full';
  /** Resolves when `add` has room, at once if it has. */
  room(): Promise<void>;
  /** Moves everything added so far to where it waits to be sent; false while that has no room. */
  store(): boolean;
  /** Sends what waits; resolves when everything added so far is delivered, refused for good, or given up in `close`. */
  flush(): Promise<void>;
  /** Delivers what it can within its limit, counts the rest as dropped, and takes no more. May be called twice. */
  close(): Promise<void>;
}

/** Where a part of the collector says what a person should know: start, stop, change of state, trouble per minute. */
export type Log = {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
};
