import { expect, test } from 'vitest';
import { CdnHosts, idMark } from '../../collector/correlate/join/cdn-hosts.ts';

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

const CLOUDFRONT_ID = 'q8vKFzF7p2wJ0iXbKq3T1nQyZlN5-eUo_4cBdGmRhSAtVwXyE9PuLg==';

test('ids that look like those of one CDN alone are its own', () => {
  const hosts = new CdnHosts();
  hosts.learnId('acme', CLOUDFRONT_ID, 'cloudfront');
  const other = [...CLOUDFRONT_ID].reverse().join('');
  expect(hosts.of('acme').get(idMark(other))).toBe('cloudfront');
  expect(hosts.of('acme').get(idMark(`${other}=`))).toBeUndefined();
  expect(hosts.of('other').get(idMark(other))).toBeUndefined();
});

test('ids that two CDNs give name neither, whoever comes later, and those of hexadecimal digits nobody', () => {
  const hosts = new CdnHosts();
  for (const cdn of ['cloudfront', 'lookalike', 'cloudfront']) hosts.learnId('acme', CLOUDFRONT_ID, cdn);
  expect(hosts.of('acme').get(idMark(CLOUDFRONT_ID))).toBe('');
  const restored = new CdnHosts();
  for (const record of hosts.records()) restored.learn(...record);
  restored.learnId('acme', CLOUDFRONT_ID, 'cloudfront');
  expect(restored.of('acme').get(idMark(CLOUDFRONT_ID))).toBe('');
  for (const id of ['', '4bf92f3577b34da6a3ce929d0e0e4736', '0f6f9c1e-6c4c-4c57-9f0e-0a1b2c3d4e5f']) {
    hosts.learnId('hex', id, 'fastly');
  }
  expect(hosts.records().filter(([tenant]) => tenant === 'hex')).toEqual([]);
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
