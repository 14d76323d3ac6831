import { describe, expect, test } from 'vitest';
import { DeliveryIds } from '../../collector/receivers/delivery-ids.ts';
import { peerAddress, trustedProxies } from '../../collector/receivers/peer.ts';

describe('the sender behind trusted proxies', () => {
  const trusted = trustedProxies(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);
  for (const [name, socket, forwarded, expected] of [
    ['no proxy', '203.0.113.7', '', '203.0.113.7'],
    ['a stranger may not say who he is', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['one trusted proxy', '10.1.2.3', '203.0.113.7', '203.0.113.7'],
    ['two trusted proxies', '10.1.2.3', '203.0.113.7, 192.0.2.1', '203.0.113.7'],
    ['a forged entry left of the truth', '10.1.2.3', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['rubbish', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['rubbish behind the truth', '10.1.2.3', '203.0.113.7, ,x', '10.1.2.3'],
    ['nothing but proxies', '10.1.2.3', '10.2.2.2', '10.2.2.2'],
    ['IPv4 in IPv6', '::ffff:10.1.2.3', '203.0.113.7', '203.0.113.7'],
    ['IPv6', 'fd00::1', '2001:db8::7', '2001:db8::7'],
    ['IPv6 with port', 'fd00::1', '[2001:db8::7]:443', '2001:db8::7'],
    ['IPv4 with port', '10.1.2.3', '203.0.113.7:51234', '203.0.113.7'],
    ['a list without end', '10.1.2.3', `${'10.9.9.9, '.repeat(10_000)}203.0.113.7`, '203.0.113.7'],
  ] as const) {
    test(name, () => expect(peerAddress(socket, forwarded, trusted)).toBe(expected));
  }
});

test('the ids of deliveries are bounded, and the oldest is forgotten first', () => {
  const ids = new DeliveryIds(3);
  for (const id of ['a', 'b', 'c', 'd']) ids.add(id);
  expect(['a', 'b', 'c', 'd'].map((id) => ids.has(id))).toEqual([false, true, true, true]);
});
