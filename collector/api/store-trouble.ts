import { PlaypathError } from '../errors.ts';
import { problem, type Reply } from './reply.ts';

const BUSY_SECONDS = 2;

/** What a person can do about a store that could not answer; defects are thrown on. */
export function failed(error: unknown): Reply {
  if (error instanceof PlaypathError && error.code === 'store_limit') return problem(422, limitWords(error.message));
  if (error instanceof PlaypathError && error.code === 'store_unavailable') return busy('the store does not answer');
  throw error;
}

export function busy(message: string): Reply {
  return { ...problem(503, message), headers: { 'retry-after': String(BUSY_SECONDS) } };
}

/** ClickHouse's words name settings; a person needs to know what to change. */
function limitWords(message: string): string {
  return `the query wants more than it may: ask for less time, fewer groups or rows (${message.slice(0, 200)})`;
}
