import type { RequestReport } from '../../model/request.ts';
import { HEX_VALUE } from '../../privacy/percent.ts';
import type { ByteBlock } from './byte-block.ts';

const DASH = 0x2d;
const SHORTEST = 55;

/** Sets trace and parent span from a W3C `traceparent` value (https://www.w3.org/TR/trace-context/), if it is one. */
export function readTraceparent(block: ByteBlock, start: number, end: number, report: RequestReport): void {
  const { bytes } = block;
  if (end - start < SHORTEST) return;
  if (bytes[start + 2] !== DASH || bytes[start + 35] !== DASH || bytes[start + 52] !== DASH) return;
  if (!isId(bytes, start + 3, start + 35) || !isId(bytes, start + 36, start + 52)) return;
  report.traceId = block.ascii(start + 3, start + 35).toLowerCase();
  report.parentSpanId = block.ascii(start + 36, start + 52).toLowerCase();
}

/** Hex, and not all zero: that is the specification's word for none. */
export function isId(bytes: Uint8Array, start: number, end: number): boolean {
  let isZero = true;
  for (let i = start; i < end; i++) {
    const digit = HEX_VALUE[bytes[i]!]!;
    if (digit < 0) return false;
    if (digit > 0) isZero = false;
  }
  return !isZero;
}
