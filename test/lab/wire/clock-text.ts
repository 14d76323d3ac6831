const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A second in the ways logs write it; UTC. */
export type ClockText = {
  /** `2026-11-21` and `20:57:57`. */
  readonly date: string;
  readonly time: string;
  /** `21/Nov/2026:20:57:57 +0000`. */
  readonly common: string;
};

/** Lines come nearly in order of time, so the last few seconds are all that is ever asked for again. */
const KEPT = 256;
const texts = new Map<number, ClockText>();

export function clockText(atMs: number): ClockText {
  const second = Math.floor(atMs / 1000);
  const known = texts.get(second);
  if (known !== undefined) return known;
  const iso = new Date(second * 1000).toISOString();
  const date = iso.slice(0, 10);
  const time = iso.slice(11, 19);
  const month = MONTHS[Number(date.slice(5, 7)) - 1];
  const text = { date, time, common: `${date.slice(8, 10)}/${month}/${date.slice(0, 4)}:${time} +0000` };
  if (texts.size >= KEPT) texts.clear();
  texts.set(second, text);
  return text;
}

/** Milliseconds as seconds with three digits, the way every log but Apache's writes them. */
export function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}
