import { crc32 } from 'node:zlib';
import { CHECKED_FROM, FRAME_MAGIC, HEADER_BYTES } from './frame-writer.ts';

/** One frame in a segment's bytes, its checksum right. */
export type Frame = {
  readonly firstOffset: number;
  readonly records: number;
  readonly body: Buffer;
  /** Where the frame ends in its file. */
  readonly endByte: number;
};

const SUFFIX = '.journal';
const NAME = /^(\d{16})\.journal$/;

/** Segments are named by the offset of their first record, so that names sort like what is in them. */
export function segmentName(firstOffset: number): string {
  return `${String(firstOffset).padStart(16, '0')}${SUFFIX}`;
}

/** The offset a segment begins with; NaN for any other file. */
export function offsetOfName(name: string): number {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? Number.NaN : Number(digits);
}

/**
 * The whole frames of a segment from a byte on. A frame that was torn by a crash or damaged on the disk is passed over, and the next
 * one whose checksum is right goes on: a gap shows in the offsets.
 */
export function* framesOf(bytes: Buffer, fromByte = 0): Generator<Frame> {
  let at = fromByte;
  while (at + HEADER_BYTES <= bytes.length) {
    const frame = frameAt(bytes, at);
    if (frame === null) {
      at = nextMagic(bytes, at + 1);
      continue;
    }
    yield frame;
    at = frame.endByte;
  }
}

function frameAt(bytes: Buffer, at: number): Frame | null {
  if (bytes.readUInt32LE(at) !== FRAME_MAGIC) return null;
  const endByte = at + HEADER_BYTES + bytes.readUInt32LE(at + 4);
  if (endByte > bytes.length) return null;
  if (crc32(bytes.subarray(at + CHECKED_FROM, endByte)) !== bytes.readUInt32LE(at + 8)) return null;
  return {
    records: bytes.readUInt32LE(at + 12),
    firstOffset: bytes.readDoubleLE(at + 16),
    body: bytes.subarray(at + HEADER_BYTES, endByte),
    endByte,
  };
}

const MAGIC_BYTES = Buffer.alloc(4);
MAGIC_BYTES.writeUInt32LE(FRAME_MAGIC);

function nextMagic(bytes: Buffer, from: number): number {
  const found = bytes.indexOf(MAGIC_BYTES, from);
  return found < 0 ? bytes.length : found;
}
