import { expect, test } from 'vitest';
import { referrerHost } from '../../collector/privacy/referrer-host.ts';

test.each([
  ['https://www.Example.com/watch?token=secret#t', 'www.example.com'],
  ['http://play.example.com:8080', 'play.example.com'],
  ['https://user:password@example.com/', 'example.com'],
  ['https%3A%2F%2Fplay.example.com%2Fwatch', 'play.example.com'],
  ['play.example.com', 'play.example.com'],
  ['android-app://com.example.player/', 'com.example.player'],
  ['https://203.0.113.77/', '203.0.113.0'],
  ['http://127.0.0.1:3000/', '127.0.0.0'],
  ['about:blank', 'about'],
  ['//', ''],
  ['/watch?viewer=anna', ''],
  ['a page with spaces', ''],
  ['', ''],
])('of %s only the host is kept', (page, host) => expect(referrerHost(page)).toBe(host));
