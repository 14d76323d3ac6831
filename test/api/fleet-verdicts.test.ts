import { expect, test } from 'vitest';
import { fleetVerdicts } from '../../collector/api/fleet-verdicts.ts';
import { type SessionJson, sessionToJson } from '../../collector/exporters/session-json.ts';
import type { Verdict } from '../../collector/model/incident.ts';
import { incident, summary, VIEWER } from '../metrics/facts.ts';

/** Sessions alike: at a site, in a country, struck by one cause or well. */
function sessions(count: number, pop: string, country: string, verdict: Verdict | ''): SessionJson[] {
  const incidents = verdict === '' ? [] : [incident({ verdict, where: { cdn: 'edge-a', pop, bitrateKbps: 3_000 } })];
  const one = summary({ pops: [pop], dimensions: { ...VIEWER, country } });
  return Array.from({ length: count }, () => sessionToJson(one, incidents));
}

const ELSEWHERE = [...sessions(40, 'LHR1', 'GB', ''), ...sessions(20, 'MUC1', 'DE', '')];

test('a site is told where another cause struck so many that few were left well', () => {
  const found = fleetVerdicts([
    ...ELSEWHERE,
    ...sessions(10, 'FRA1', 'DE', 'edge_error'),
    ...sessions(12, 'FRA1', 'DE', 'origin_error'),
    ...sessions(10, 'FRA1', 'DE', ''),
    ...sessions(30, 'LHR1', 'GB', 'origin_error'),
  ]);
  expect(found).toMatchObject([
    { verdict: 'edge_error', dimension: 'pop', value: 'FRA1', badSessions: 10, sessions: 20, baselineShare: 0 },
  ]);
});

test.each([
  ['twenty-nine sessions there', [...ELSEWHERE, ...sessions(29, 'FRA1', 'FR', 'edge_error')]],
  ['twenty-nine sessions elsewhere', [...sessions(29, 'LHR1', 'GB', ''), ...sessions(40, 'FRA1', 'FR', 'edge_error')]],
  [
    'four that were struck',
    [...ELSEWHERE, ...sessions(4, 'FRA1', 'FR', 'edge_error'), ...sessions(30, 'FRA1', 'FR', '')],
  ],
  ['a cause that nobody knows', [...ELSEWHERE, ...sessions(40, 'FRA1', 'FR', 'unknown')]],
  [
    'a cause that is everywhere, in the only rendition that anybody knows',
    ['FRA1', 'LHR1', 'MUC1'].flatMap((pop) => [...sessions(20, pop, 'FR', 'network'), ...sessions(20, pop, 'FR', '')]),
  ],
] satisfies [string, SessionJson[]][])('proves nothing: %s', (_, all) => expect(fleetVerdicts(all)).toEqual([]));
