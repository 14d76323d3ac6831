import ipaddr from 'ipaddr.js';
import { RE2JS } from 're2js';
import { didYouMean } from './did-you-mean.ts';

/* Each returns what is wrong with a text, or ''. The place is put before it by whoever reports it. */

/** Names become path segments, label values and service names, so they stay plain. */
export function checkName(text: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)
    ? ''
    : 'must start with a letter or digit and hold at most 64 letters, digits, dots, dashes and underscores';
}

export function checkHost(text: string): string {
  return /^[A-Za-z0-9.:_[\]-]{1,253}$/.test(text) ? '' : 'must be a host name or an IP address';
}

export function checkNetwork(text: string): string {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text)
    ? ''
    : 'must be an IP address or a network such as 10.0.0.0/8';
}

export function checkOrigin(text: string): string {
  if (text === '*') return '';
  return URL.canParse(text) && new URL(text).origin === text
    ? ''
    : 'must be "*" or an origin: scheme, host and port without a path, such as https://www.example.com';
}

export function checkEndpoint(text: string): string {
  if (text === '') return '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return 'must be an http or https URL';
  return url.username === '' && url.password === '' ? '' : 'must not hold a user or password: use headers';
}

export function checkTimeZone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return '';
  } catch {
    return 'is not an IANA time zone such as Europe/Madrid';
  }
}

/** RE2 syntax only: no look-around and no back-references, so that matching is linear in the length of the URL. */
export function checkPattern(text: string): string {
  if (text === '') return '';
  if (text.length > 500) return 'is longer than 500 characters';
  try {
    return RE2JS.compile(text).groupCount() > 0 ? '' : 'needs a group: (…) around the session id';
  } catch (error) {
    return `is not a linear-time (RE2) pattern: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export function checkFormat(text: string, formats: Iterable<string>): string {
  const names = [...formats];
  return names.includes(text) ? '' : `is not a known format.${didYouMean(text, names)} Known: ${names.join(', ')}`;
}
