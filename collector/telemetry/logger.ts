import type { UnixMs } from '../model/time.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts of one line. Values are printed as they are; an Error as its message and, where it has one, its code. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Logs are for people: start, stop, changes of state, a summary per minute of trouble. Events are counters. */
export type Logger = { readonly [level in LogLevel]: (message: string, fields?: LogFields) => void };

export type LoggerOptions = {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  /** Takes whole lines, newline included. */
  readonly stream: { write(line: string): unknown };
  readonly now: () => UnixMs;
};

/** Nothing a sender controls may fill the disk through a log line. */
const MAX_VALUE_LENGTH = 1_000;

export function createLogger(options: LoggerOptions): Logger {
  const least = LOG_LEVELS.indexOf(options.level);
  const format = options.format === 'json' ? jsonLine : textLine;
  const writer =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(level) < least) return;
      options.stream.write(format(timeOf(options.now()), level, message, fields));
    };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}

function timeOf(nowMs: UnixMs): string {
  return new Date(nowMs).toISOString();
}

/** `2026-01-02T03:04:05.006Z warn  bus is full partition=3 reason="disk is slow"` */
function textLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${quoted(textOf(value))}`);
  return `${[time, level.padEnd(5), oneLine(message), ...parts].join(' ')}\n`;
}

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const values = Object.entries(fields).map(([name, value]) => [name, isPlain(value) ? value : textOf(value)]);
  // The line's own names win: a field cannot pretend to be another level.
  return `${JSON.stringify({ ...Object.fromEntries(values), time, level, message })}\n`;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'boolean' || value === null || (typeof value === 'number' && Number.isFinite(value));
}

function textOf(value: unknown): string {
  let text: string;
  if (value instanceof Error) text = 'code' in value ? `${value.message} (${String(value.code)})` : value.message;
  else if (typeof value === 'object' && value !== null) text = JSON.stringify(value);
  else text = String(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

/** Quotes wherever a reader or a parser could be misled; control characters never reach a terminal. */
function quoted(text: string): string {
  return /^[\w.,:;/@%+*()[\]{}<>~!?#&^|-]+$/.test(text) ? text : oneLine(JSON.stringify(text));
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
