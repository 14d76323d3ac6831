import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ClientDirectory } from '../../collector/formats/format.ts';
import { testClients } from '../formats/decoding.ts';

const DAY_MS = 86_400_000;
const AT_MS = Date.UTC(2026, 10, 21, 20);
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36';

test('a client is what the address and the user agent say, without the address', () => {
  const client = testClients().lookup('8.8.8.8', CHROME, AT_MS);
  expect(client).toMatchObject({
    network: '8.8.8.0/24',
    country: 'US',
    asn: Number.NaN,
    userAgent: CHROME,
    software: 'Chrome',
    deviceClass: 'desktop',
    os: 'Windows',
    isBot: false,
  });
  expect(client?.deviceKey).toMatch(/^[0-9a-f]{16}$/);
  expect(JSON.stringify(client)).not.toContain('8.8.8.8');
});

test('the device key is HMAC-SHA-256 of address and user agent under the salt of the period', () => {
  const salt = createHmac('sha256', 'test')
    .update(`playpath device salt ${DAY_MS} ${Math.floor(AT_MS / DAY_MS)}`)
    .digest();
  const expected = createHmac('sha256', salt).update('203.0.113.9\nVLC').digest('hex').slice(0, 16);
  expect(testClients().lookup('203.0.113.9', 'VLC', AT_MS)?.deviceKey).toBe(expected);
});

describe('the salt', () => {
  const keyAt = (atMs: number, clients: ClientDirectory = testClients()) =>
    clients.lookup('203.0.113.9', CHROME, atMs)?.deviceKey;

  test('stays for a day of record time and changes after it', () => {
    const clients = testClients();
    const midnight = Date.UTC(2026, 10, 22);
    expect(keyAt(midnight - 1, clients)).toBe(keyAt(midnight - DAY_MS, clients));
    expect(keyAt(midnight, clients)).not.toBe(keyAt(midnight - 1, clients));
    // A late line of yesterday gets yesterday's key again.
    expect(keyAt(midnight - 1, clients)).toBe(keyAt(midnight - DAY_MS));
  });

  test('is the same on every run with the same secret, and another with another', () => {
    expect(keyAt(AT_MS)).toBe(keyAt(AT_MS));
    expect(keyAt(AT_MS, testClients({ secret: 'other' }))).not.toBe(keyAt(AT_MS));
    expect(keyAt(AT_MS, testClients({ rotateMs: 7 * DAY_MS }))).not.toBe(keyAt(AT_MS));
  });

  test('is the newest that was used when the caller has no time', () => {
    const clients = testClients();
    const newest = keyAt(AT_MS, clients);
    keyAt(AT_MS - 3 * DAY_MS, clients);
    expect(clients.lookup('203.0.113.9', CHROME)?.deviceKey).toBe(newest);
  });

  test('survives many periods in any order', () => {
    const clients = testClients();
    for (let day = 0; day < 40; day++) expect(keyAt(AT_MS - day * DAY_MS, clients)).toBe(keyAt(AT_MS - day * DAY_MS));
  });
});

describe('the network of', () => {
  for (const [address, network] of [
    ['203.0.113.9', '203.0.113.0/24'],
    ['203.0.113.9:443', '203.0.113.0/24'],
    ['2001:db8:7:1::5', '2001:db8:7::/48'],
    ['[2001:db8:7:1::5]:443', '2001:db8:7::/48'],
    ['2001:db8:7:1::5%eth0', '2001:db8:7::/48'],
    ['::ffff:203.0.113.9', '203.0.113.0/24'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['unknown', ''],
    ['256.1.1.1', ''],
    ['1.2.3', ''],
    ['0x7f.1', ''],
    ['', ''],
  ] as const) {
    test(address || 'nothing', () => {
      const client = testClients().lookup(address, 'VLC', AT_MS);
      expect(client?.network).toBe(network);
      expect(client?.deviceKey === '').toBe(network === '');
    });
  }

  test('other prefixes are the operator’s to choose', () => {
    const clients = testClients({ cut: { ipv4Prefix: 20, ipv6Prefix: 32 } });
    expect(clients.lookup('203.0.113.9', '', AT_MS)?.network).toBe('203.0.112.0/20');
    expect(clients.lookup('2001:db8:7:1::5', '', AT_MS)?.network).toBe('2001:db8::/32');
  });
});

describe('of a list of proxies with the server’s peer last, the viewer is', () => {
  for (const [name, list, network] of [
    ['the peer, whatever it says', '8.8.8.8, 1.2.3.4', '1.2.3.0/24'],
    ['whom a proxy of the same network saw', '198.51.100.7, 8.8.4.4, 10.0.0.1', '8.8.4.0/24'],
    ['whom the first of several such proxies saw', '9.9.9.9, 8.8.4.4, 10.1.1.1, 192.168.0.9', '8.8.4.0/24'],
    ['the peer when nobody is public', '10.2.3.4, 10.0.0.1', '10.0.0.0/24'],
    ['the peer when nothing else is an address', 'unknown, 10.0.0.1', '10.0.0.0/24'],
    ['whoever is left when the peer is none', '8.8.8.8, -', '8.8.8.0/24'],
  ] as const) {
    test(name, () => expect(testClients().lookup(list, 'VLC', AT_MS)?.network).toBe(network));
  }
});

test('nothing known is no client; a user agent alone is one without a device', () => {
  expect(testClients().lookup('', '', AT_MS)).toBeNull();
  expect(testClients().lookup('', 'VLC', AT_MS)).toMatchObject({ deviceKey: '', network: '', software: 'VLC' });
  expect(testClients().lookup('203.0.113.9', '-', AT_MS)).toMatchObject({ userAgent: '', software: '' });
});

test('what the log says about a client is believed before the database', () => {
  const hints = { country: 'DE', region: 'DE-BY', asn: 3320, isBot: true };
  const clients = testClients();
  expect(clients.lookup('8.8.8.8', 'VLC', AT_MS, hints)).toMatchObject(hints);
  expect(clients.lookup('8.8.8.8', 'VLC', AT_MS)?.isBot).toBe(false);
});

test('bytes of a line and text are the same client', () => {
  const clients = testClients();
  const line = Buffer.from(`x 203.0.113.9 ${encodeURIComponent(CHROME)} y`);
  const [from, to] = [line.indexOf('Moz'), line.length - 2];
  const found = clients.lookupBytes(line, 2, 13, from, to, 'percent', AT_MS);
  expect(found).toEqual(clients.lookup('203.0.113.9', CHROME, AT_MS));
  expect(clients.lookupBytes(line, 2, 13, from, to, 'percent', AT_MS)).toBe(found);
});

test('user agents encoded twice are decoded twice, broken ones are kept, long ones cut', () => {
  const agentOf = (agent: string) => {
    const bytes = Buffer.from(agent);
    return testClients().lookupBytes(bytes, 0, 0, 0, bytes.length, 'percent', AT_MS)?.userAgent;
  };
  expect(agentOf('Apple%2520TV%2520(x)')).toBe('Apple TV (x)');
  expect(agentOf('100%25%20sure')).toBe('100% sure');
  expect(agentOf('%E0%A4%zz%')).toHaveLength(6);
  expect(agentOf('x'.repeat(5_000))).toHaveLength(512);
});

test('it remembers a bounded number of clients and is right about those it forgot', () => {
  const clients = testClients({ limit: 64 });
  const addressOf = (index: number) => `198.51.${index >> 8}.${index & 0xff}`;
  const fresh = testClients({ limit: 4_096 });
  const wrong: string[] = [];
  for (let i = 0; i < 2_000; i++) {
    const address = addressOf((i * 7) % 500);
    if (clients.lookup(address, 'VLC', AT_MS)?.deviceKey !== fresh.lookup(address, 'VLC', AT_MS)?.deviceKey)
      wrong.push(address);
  }
  expect(wrong).toEqual([]);
});
