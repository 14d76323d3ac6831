import type { IncomingHttpHeaders } from 'node:http';
import type { UnixMs } from '../model/time.ts';
import type { BodyLimits, BodyProblem } from './body.ts';

/** A request whose body, if any, has been read and inflated. */
export type HttpRequest = {
  readonly method: string;
  /** Without the query; percent-encoding as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Address of the sender behind trusted proxies. */
  readonly peer: string;
  /** Names in the sender's certificate, when one was shown and is good. */
  readonly certificateNames: readonly string[];
  readonly body: Uint8Array;
  readonly receivedMs: UnixMs;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

/** A handler that failed is a problem like an unreadable body: the route knows what its sender can bear. */
export type RouteProblem = BodyProblem | { readonly code: 'internal'; readonly status: 500 };

export type Route = {
  /** An exact path, or a prefix that ends in `/`. */
  readonly path: string;
  readonly methods: readonly string[];
  /** Pages of other origins may call it. */
  readonly isCrossOrigin: boolean;
  /** `null` for routes that take no body. */
  readonly limits: BodyLimits | null;
  /** Asked before a body is read: strangers may not make us inflate anything. `null` lets the request in. */
  readonly authorize?: (request: Omit<HttpRequest, 'body'>) => HttpAnswer | null | Promise<HttpAnswer | null>;
  readonly handle: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;
  /** The answer when the handler cannot be asked; default: JSON `{code, message}` with the problem's status. */
  readonly refuse?: (problem: RouteProblem, request: Omit<HttpRequest, 'body'>) => HttpAnswer;
};

/** Seconds after which a sender may try again when we are full. */
export const RETRY_AFTER_SECONDS = '5';

/** The body of every error answer that no other protocol prescribes. */
export function errorAnswer(status: number, code: string, message: string): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...(status === 503 || status === 429 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
    },
    body: `${JSON.stringify({ code, message })}\n`,
  };
}

export const NO_CONTENT: HttpAnswer = { status: 204 };
