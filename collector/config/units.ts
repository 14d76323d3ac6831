/** How people write lengths of time and sizes, and how documents show them. */
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
};

/** `250ms`, `30s`, `5m`, `1.5h`, `7d` → milliseconds; NaN when it is none of these. A bare number has no unit: NaN. */
export function parseDurationMs(text: string): number {
  return parse(text, MILLISECONDS);
}

/** `512B`, `64KiB`, `1.5GB` → bytes; NaN when it is none of these. */
export function parseSizeBytes(text: string): number {
  return Math.round(parse(text, BYTES));
}

function parse(text: string, units: Readonly<Record<string, number>>): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]{1,3})$/.exec(text);
  const unit = match?.[2] ?? '';
  return Object.hasOwn(units, unit) ? Number(match?.[1]) * (units[unit] ?? Number.NaN) : Number.NaN;
}
