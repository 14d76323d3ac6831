import type { IncomingMessage } from 'node:http';
import { inflate, inflationLimit, isCompressed } from './inflate.ts';
import type { MemoryBudget } from './memory-budget.ts';

export type BodyLimits = {
  /** As sent. */
  readonly maxBytes: number;
  /** After decompression. */
  readonly maxInflatedBytes: number;
};

/** Why a body is not there, with the status it deserves. `aborted`: the sender is gone, nobody reads an answer. */
export type BodyProblem =
  | { readonly code: 'too_large'; readonly status: 413 }
  | { readonly code: 'bad_body'; readonly status: 400 }
  | { readonly code: 'unsupported_encoding'; readonly status: 415 }
  | { readonly code: 'busy'; readonly status: 503 }
  | { readonly code: 'aborted'; readonly status: 400 };

export type Body =
  | { readonly isRead: true; readonly bytes: Uint8Array; readonly release: () => void }
  | { readonly isRead: false; readonly problem: BodyProblem };

const STATUS = { too_large: 413, bad_body: 400, unsupported_encoding: 415, busy: 503, aborted: 400 } as const;

/** Reads and inflates a request's body within limits; `release` gives its memory back. */
export async function readBody(request: IncomingMessage, limits: BodyLimits, budget: MemoryBudget): Promise<Body> {
  const raw = await readRaw(request, limits.maxBytes, budget);
  if (!raw.isRead) return raw;
  const encoding = String(request.headers['content-encoding'] ?? '');
  if (!isCompressed(raw.bytes, encoding)) return raw;
  const ceiling = inflationLimit(raw.bytes.length, limits.maxInflatedBytes);
  if (!budget.reserve(ceiling)) {
    raw.release();
    return refuse('busy');
  }
  const inflated = await inflate(raw.bytes, encoding, limits.maxInflatedBytes);
  if (!inflated.isRead) {
    budget.release(ceiling);
    raw.release();
    return refuse(inflated.reason);
  }
  const { bytes } = inflated;
  // What is held from now on is known; the compressed form is garbage.
  raw.release();
  budget.release(ceiling);
  const held = budget.reserve(bytes.length) ? bytes.length : 0;
  return { isRead: true, bytes, release: () => budget.release(held) };
}

function readRaw(request: IncomingMessage, maxBytes: number, budget: MemoryBudget): Promise<Body> {
  const declared = Number(request.headers['content-length']);
  if (declared > maxBytes) return Promise.resolve(refuse('too_large'));
  // It may have gone while it was found out who sends it.
  if (request.destroyed) return Promise.resolve(refuse('aborted'));
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (body: Body): void => {
      request.removeAllListeners('data').removeAllListeners('end');
      request.off('close', onClose).off('error', onClose);
      if (!body.isRead) budget.release(length);
      resolve(body);
    };
    const onClose = (): void => settle(refuse('aborted'));
    request.on('data', (chunk: Buffer) => {
      if (length + chunk.length > maxBytes) return settle(refuse('too_large'));
      if (!budget.reserve(chunk.length)) return settle(refuse('busy'));
      length += chunk.length;
      chunks.push(chunk);
    });
    request.on('end', () => {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length);
      settle({ isRead: true, bytes, release: () => budget.release(length) });
    });
    request.on('close', onClose).on('error', onClose);
  });
}

function refuse(code: BodyProblem['code']): Body {
  return { isRead: false, problem: { code, status: STATUS[code] } as BodyProblem };
}
