import { expect, test } from 'vitest';
import { StillNeeded } from '../../collector/log/still-needed.ts';
import type { Client } from '../../collector/model/client.ts';
import { traceIdOf } from '../../collector/model/ids.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { playerEvent, source } from '../receivers/support.ts';

const EDGE = source('edge');
const ORIGIN = source('origin', { tier: 'origin' });
const OPEN = '89613155-03fb-44a6-8099-b45d77a36300';
const HEX = OPEN.replaceAll('-', '');

const list = {
  keys: [`${EDGE.tenant}\n${HEX}`, `${EDGE.tenant}\n${traceIdOf(EDGE.tenant, 'mine')}`],
  openedAt: Float64Array.of(100, 50),
};
const needed = new StillNeeded(list, new Set([`${EDGE.tenant} here`]));

function line(fields: Partial<Omit<RequestReport, 'cmcd' | 'clear' | 'kind'>>, sid = ''): RequestReport {
  const report = Object.assign(new RequestReport(), { source: EDGE, ...fields });
  report.cmcd.sid = sid;
  return report;
}

const device = (deviceKey: string) => ({ deviceKey }) as Client;

for (const [what, event, offset, isNeeded] of [
  ['a line of an open session', line({}, OPEN), 100, true],
  ['the same id as another party spells it', line({ sessionId: HEX }), 100, true],
  ['an id that is hashed', line({}, 'mine'), 50, true],
  ['a line of a former session with that id', line({}, OPEN), 99, false],
  ['a line of a session that is over', line({}, 'theirs'), 100, false],
  ['an event of an open session', playerEvent({ source: EDGE, sid: OPEN }), 100, true],
  ['an event of a session that is over', playerEvent({ source: EDGE, sid: 'theirs' }), 100, false],
  ['a line whose trace is an open session', line({ traceId: HEX }), 10, true],
  ['a line of a device that has one open', line({ client: device('here') }), 10, true],
  ['a line of another device', line({ client: device('gone') }), 10, false],
  ['a line of nobody', line({}), 10, false],
  ['a line with a key that a player may tell', line({ rid: 'r1', client: device('gone') }), 10, true],
  ['a line of an origin, which an edge names', line({ source: ORIGIN }), 10, true],
  ['the same id of another tenant', line({ source: source('other', { tenant: 'other' }) }, OPEN), 100, false],
] as const) {
  test(`${what} ${isNeeded ? 'stays' : 'goes'}`, () => expect(needed.isNeeded(event, offset)).toBe(isNeeded));
}
