import { expect, test } from 'vitest';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';

test('what one tenant’s lines say of a host is nothing to another', () => {
  const hosts = new CdnHosts();
  hosts.learn('acme', 'cdn.example', 'fastly');
  hosts.learn('other', 'cdn.example', 'akamai');
  expect(hosts.of('acme').get('cdn.example')).toBe('fastly');
  expect(hosts.of('other').get('cdn.example')).toBe('akamai');
  expect(hosts.of('third').get('cdn.example')).toBeUndefined();
});

test('a host that moves is where it was seen last, and no host has no name', () => {
  const hosts = new CdnHosts();
  for (const cdn of ['fastly', 'akamai']) hosts.learn('acme', 'cdn.example', cdn);
  hosts.learn('acme', '', 'fastly');
  expect(hosts.records()).toEqual([['acme', 'cdn.example', 'akamai']]);
});

test('a flood of hosts is bounded, and those that are known stay known', () => {
  const hosts = new CdnHosts();
  for (let i = 0; i < 20_000; i++) hosts.learn('acme', `${i}.example`, 'fastly');
  hosts.learn('acme', '0.example', 'akamai');
  expect(hosts.of('acme').size).toBe(10_000);
  expect(hosts.of('acme').get('0.example')).toBe('akamai');
  hosts.learn('other', 'cdn.example', 'fastly');
  expect(hosts.of('other').size).toBe(1);
});
