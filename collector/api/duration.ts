/** Milliseconds per unit, as Go's `time.ParseDuration` names them, and the days and weeks of Jaeger's look-back. */
const UNIT_MS = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);
const PART = /(\d{1,15}(?:\.\d{1,15})?)(ns|us|µs|μs|ms|s|m|h|d|w)/y;
const MAX_PARTS = 10;

/** `1h30m`, `1.5s`, `200us` in milliseconds; NaN for anything else. */
export function parseDurationMs(text: string): number {
  PART.lastIndex = 0;
  let totalMs = 0;
  for (let part = 0; part < MAX_PARTS && PART.lastIndex < text.length; part += 1) {
    const found = PART.exec(text);
    if (found === null) return Number.NaN;
    totalMs += Number(found[1]) * (UNIT_MS.get(found[2] ?? '') ?? Number.NaN);
  }
  return text !== '' && PART.lastIndex === text.length ? totalMs : Number.NaN;
}
