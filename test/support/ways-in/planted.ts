import { createHash } from 'node:crypto';

/** What somebody puts into every place of a delivery that he can reach. */
export type Planted = {
  readonly atMs: number;
  /** Of the viewer, as logs have it. */
  readonly address: string;
  readonly forwardedFor: string;
  readonly userAgent: string;
  readonly path: string;
  /** Of the media URL, besides CMCD. */
  readonly query: string;
  readonly referer: string;
  readonly cookie: string;
  /** Titles, names, messages, codes, strings of CMCD. */
  readonly text: string;
  /** Members that no format knows, in every JSON object. */
  readonly extra: Readonly<Record<string, unknown>>;
};

export type WayIn = {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

export const HOST = 'cdn.example.com';
export const JSON_TYPE = { 'content-type': 'application/json' };

/** The id of the session that a way in tells of. */
export function sessionOf(way: string): string {
  const hex = createHash('sha256').update(way).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A string of structured fields. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, ' ')}"`;
}
