import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Reply } from './reply.ts';

const TYPES: ReadonlyMap<string, Reply['type']> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ttf', 'font/ttf'],
  ['.woff2', 'font/woff2'],
]);

/**
 * What the page with the panel may do: run and ask for what comes from here, nothing else. Style elements are made at
 * run time by the style library of Grafana's components, which cannot be given a nonce, so they are let in.
 */
export const PANEL_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The built page: files of one folder, known by name beforehand, so that no path of a request reaches the disk. */
export class PageFiles {
  readonly #folder: string;
  readonly #names: ReadonlySet<string>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#names = new Set(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && TYPES.has(extname(entry.name)))
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
    );
  }

  /** The file at a path below `/page/`, null when there is none. */
  answer(name: string): Reply | null {
    const type = TYPES.get(extname(name));
    if (type === undefined || !this.#names.has(name)) return null;
    // Bundled files carry their hash in their name.
    const caching = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return {
      status: 200,
      type,
      body: readFileSync(join(this.#folder, name)),
      headers: { 'cache-control': caching, 'content-security-policy': PANEL_POLICY },
    };
  }
}
