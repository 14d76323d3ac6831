/** Numbers for people. Every input may be NaN, which becomes a dash. */

/** `850 ms`, `4.6 s`, `1:05 min`, `1:02:03 h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) {
    return '–';
  }
  const size = Math.abs(ms);
  if (size < 1) {
    return `${trim(ms, 2)} ms`;
  }
  if (size < 1000) {
    return `${Math.round(ms)} ms`;
  }
  if (size < 60_000) {
    return `${trim(ms / 1000, size < 10_000 ? 2 : 1)} s`;
  }
  return size < 3_600_000 ? `${formatClock(ms)} min` : `${formatClock(ms)} h`;
}

/** Time since a begin: `0:09`, `12:30`, `1:02:03`; with decimals where they matter. */
export function formatClock(ms: number, decimals = 0): string {
  if (!Number.isFinite(ms)) {
    return '–';
  }
  const unit = 10 ** decimals;
  const total = Math.round((Math.abs(ms) / 1000) * unit);
  const seconds = Math.floor(total / unit);
  const fraction = decimals > 0 ? `.${String(total % unit).padStart(decimals, '0')}` : '';
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${ms < 0 && total > 0 ? '-' : ''}${h > 0 ? `${h}:${pad(m)}` : m}:${pad(s)}${fraction}`;
}

/** `290 kbit/s`, `2.8 Mbit/s`. */
export function formatBitrate(bitsPerSecond: number): string {
  if (!Number.isFinite(bitsPerSecond)) {
    return '–';
  }
  return bitsPerSecond >= 1e6 ? `${trim(bitsPerSecond / 1e6, 2)} Mbit/s` : `${trim(bitsPerSecond / 1e3, 0)} kbit/s`;
}

/** `1.3 kB`, `9.2 MB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) {
    return '–';
  }
  if (bytes < 1000) {
    return `${bytes} B`;
  }
  return bytes < 1e6 ? `${trim(bytes / 1e3, 1)} kB` : `${trim(bytes / 1e6, 1)} MB`;
}

export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

function trim(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
