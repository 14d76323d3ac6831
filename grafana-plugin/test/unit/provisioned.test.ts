import { type DataFrameJSON, dataFrameFromJSON } from '@grafana/data';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFrames } from '../../src/frames/read-frames';
import { headlineOf } from '../../src/model/headline';
import { readSessions } from '../../src/model/read-sessions';

test('the table of the provisioned dashboard is a whole session', () => {
  const path = join(__dirname, '../../provisioning/dashboards/dashboard.json');
  const { panels } = JSON.parse(readFileSync(path, 'utf8')) as {
    panels: Array<{ targets: Array<{ rawFrameContent: string }> }>;
  };
  const frames = (JSON.parse(panels[0].targets[0].rawFrameContent) as DataFrameJSON[]).map((frame) =>
    dataFrameFromJSON(frame)
  );
  const [{ session, rows }] = readSessions(readFrames(frames));
  expect(headlineOf(session).title).toContain('1 stall, 3.1 s');
  expect(session.cdns.map(({ name, requests }) => [name, requests.length])).toEqual([
    ['edge-a', 14],
    ['edge-b', 16],
  ]);
  expect(session.requests.filter(({ isSlow }) => isSlow)).toHaveLength(4);
  expect(session.incidents.map(({ kind }) => kind)).toEqual(['failover', 'stall']);
  // Ids join the halves of a request, and say which requests prove an incident.
  expect(session.incidents.map(({ evidence }) => evidence.size)).toEqual([3, 3]);
  expect(session.incidents.map(({ missingEvidence }) => missingEvidence)).toEqual([0, 0]);
  expect(session.requests.filter(({ halves }) => halves.length === 2)).toHaveLength(4);
  expect(session.buffer.length).toBeGreaterThan(20);
  expect(rows).toEqual([]);
});
