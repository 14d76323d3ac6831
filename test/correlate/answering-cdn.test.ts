import { expect, test } from 'vitest';
import { AnsweringCdn } from '../../collector/correlate/join/answering-cdn.ts';
import { idMark } from '../../collector/correlate/join/cdn-hosts.ts';
import { emptyGroup, type Group } from '../../collector/correlate/join/request-group.ts';
import { report } from './support.ts';

const ID = 'q8vKFzF7p2wJ0iXbKq3T1nQyZlN5-eUo_4cBdGmRhSAtVwXyE9PuLg==';
const NAMES = new Map([
  ['shared.test', 'cdn-b'],
  ['b.test', 'cdn-b'],
  [idMark(ID), 'cdn-a'],
]);

const group = (halves: Partial<Group>): Group => ({ ...emptyGroup(), ...halves });
const player = (host: string, cmcd = {}) => report({ tier: 'player', host, cmcd });
const edge = (emitter: string, host: string) => report({ emitter, host });
const shield = report({ tier: 'shield', emitter: 'cdn-b' });
const asked = report({ tier: 'origin', parentRequestId: ID });
const unknown = report({ tier: 'origin', parentRequestId: '4bf92f3577b34da6a3ce929d0e0e4736' });

test.each([
  ['the CDN whose line there is', { player: player('b.test'), edge: edge('cdn-a', 'b.test'), origin: asked }, 'cdn-a'],
  ['the CDN of the shield, where the line of the edge was lost', { player: player('a.test'), shield }, 'cdn-b'],
  ['the CDN that its player names', { player: player('b.test', { cdn: 'cdn-c' }) }, 'cdn-c'],
  ['the CDN whose id the origin was asked with', { player: player('b.test'), origin: asked }, 'cdn-a'],
  ['the same without a player', { origin: asked }, 'cdn-a'],
  ['the CDN of its host', { player: player('b.test'), origin: unknown }, 'cdn-b'],
  ['nobody known yet', { player: player('new.test') }, 'new.test'],
  ['nobody that left a trace', { origin: unknown }, ''],
])('a request was answered by %s', (_, halves, cdn) => {
  expect(new AnsweringCdn().of(group(halves), NAMES)).toBe(cdn);
});

test('of CDNs that share a host, the one that the session was last seen at', () => {
  const answering = new AnsweringCdn();
  const alone = group({ player: player('shared.test') });
  const told = ['cdn-a', 'cdn-b', 'cdn-a'].map((cdn) => {
    answering.of(group({ edge: edge(cdn, 'shared.test') }), NAMES);
    return answering.of(alone, NAMES);
  });
  expect(told).toEqual(['cdn-a', 'cdn-b', 'cdn-a']);
});
