import { createHash } from 'node:crypto';

/** Content-Security-Policy of a page on which nothing runs and nothing is loaded; its style sheet is named by its hash. */
export function stillPagePolicy(style: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
