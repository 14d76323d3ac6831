/** `bytes=100-`, `bytes 100-199/200`, `100-199`: the position of the first byte; NaN for anything else, such as a suffix. */
export function rangeFirstByte(text: string): number {
  const [, first] = /^(?:bytes[= ])?(\d{1,15})-/.exec(text) ?? [];
  return first === undefined ? Number.NaN : Number(first);
}
