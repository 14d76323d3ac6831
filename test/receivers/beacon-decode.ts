import { expect } from 'vitest';
import type { Event } from '../../collector/model/event.ts';
import { decodeBeacons } from '../../collector/receivers/beacon-body.ts';
import type { PlayerDelivery } from '../../collector/receivers/player-delivery.ts';
import { NOW, source, testClients, testUrls } from './support.ts';

export const player = source('player');
/** Where the beacons of these tests come from. */
export const delivery: PlayerDelivery = {
  source: player,
  receivedMs: NOW,
  client: testClients.lookup('192.0.2.7', 'Firefox'),
  urls: testUrls,
};

/** Events of a body, and why others were refused. */
export function decode(body: unknown) {
  const events: Event[] = [];
  const refused: string[] = [];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  decodeBeacons(
    Buffer.from(text),
    delivery,
    (event) => events.push(event),
    (reason) => refused.push(reason),
  );
  return { events, refused };
}

/** Own fields of player events, without what all of them share. */
export function said(body: unknown): object[] {
  const { events, refused } = decode(body);
  expect(refused).toEqual([]);
  return events.map(({ kind: _, source: from, client, ...own }) => {
    expect([from, client]).toEqual([player, delivery.client]);
    return own;
  });
}

export const at = { sid: 's1', tsMs: NOW - 5, receivedMs: NOW };
export const beacon = (event: string, fields: object = {}) => ({ event, session: 's1', ts: NOW - 5, ...fields });
