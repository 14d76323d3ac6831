// https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
import { PbfWriter } from 'pbf';
import { type HttpAnswer, RETRY_AFTER_SECONDS } from './route.ts';

/** The answer speaks what the request spoke. */
export type OtlpEncoding = 'protobuf' | 'json';

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;
const REJECTED_NAMES = { traces: 'rejectedSpans', logs: 'rejectedLogRecords' } as const;

export function encodingOf(contentType: string): OtlpEncoding | null {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : null;
}

/** Success; with rejected records a partial one, which a sender must not repeat. */
export function successAnswer(
  signal: 'traces' | 'logs',
  encoding: OtlpEncoding,
  rejected: number,
  message: string,
): HttpAnswer {
  if (encoding === 'json') {
    const partialSuccess = { [REJECTED_NAMES[signal]]: String(rejected), errorMessage: message };
    return answer(200, encoding, rejected > 0 ? JSON.stringify({ partialSuccess }) : '{}');
  }
  const writer = new PbfWriter();
  if (rejected > 0) {
    writer.writeMessage(
      1,
      (_, inner) => {
        inner.writeVarintField(1, rejected);
        inner.writeStringField(2, message);
      },
      null,
    );
  }
  return answer(200, encoding, writer.finish());
}

/** A failure as google.rpc.Status; 429 and 503 carry Retry-After. */
export function failureAnswer(status: number, encoding: OtlpEncoding, message: string): HttpAnswer {
  // google.rpc.Code: INVALID_ARGUMENT 3, UNAVAILABLE 14, INTERNAL 13, UNAUTHENTICATED 16.
  const code = status === 503 || status === 429 ? 14 : status >= 500 ? 13 : status === 401 ? 16 : 3;
  if (encoding === 'json') return answer(status, encoding, JSON.stringify({ code, message }));
  const writer = new PbfWriter();
  writer.writeVarintField(1, code);
  writer.writeStringField(2, message);
  return answer(status, encoding, writer.finish());
}

function answer(status: number, encoding: OtlpEncoding, body: string | Uint8Array): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': CONTENT_TYPES[encoding],
      ...(status === 503 || status === 429 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
    },
    body,
  };
}
