/** Random hex digits, two per byte. `crypto.randomUUID` is missing on pages without https; this is not. */
export function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => (byte + 256).toString(16).slice(1)).join(
    '',
  );
}
