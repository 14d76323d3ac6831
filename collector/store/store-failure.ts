import { type ErrorCode, PlaypathError } from '../errors.ts';

/** ClickHouse's error codes: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp */
const LIMIT_CODES = new Set([158, 159, 160, 241, 307, 396]);
/** The statement or its data: sent again, they fail again. */
const REFUSED_CODES = new Set([
  6, 26, 27, 33, 36, 38, 41, 43, 44, 46, 47, 53, 62, 69, 70, 72, 117, 130, 131, 184, 190, 349, 457, 691,
]);

/** Whatever a client threw; what is not known is worth trying again. */
export function storeFailure(error: unknown): PlaypathError {
  if (error instanceof PlaypathError) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const text = Number.isNaN(code) ? message : `ClickHouse error ${code}: ${message}`;
  return new PlaypathError(kindOf(code), text, { cause: error });
}

function kindOf(code: number): ErrorCode {
  if (LIMIT_CODES.has(code)) return 'store_limit';
  return REFUSED_CODES.has(code) ? 'store_refused' : 'store_unavailable';
}

/** ClickHouse's number, NaN for everything else, such as a connection that is refused. */
export function codeOf(error: unknown): number {
  if (!(error instanceof Error) || !('code' in error)) return Number.NaN;
  return typeof error.code === 'string' || typeof error.code === 'number' ? Number(error.code) : Number.NaN;
}
