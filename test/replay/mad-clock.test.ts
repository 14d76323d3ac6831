import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { recordingSources, replayOutput } from '../support/replay-output.ts';

/** The clock of a replay is made of its records, so none of them alone may set it. */

const YEAR_SECONDS = 365 * 24 * 3_600;
const folder = mkdtempSync(join(tmpdir(), 'playpath-mad-clock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCES = recordingSources('hls-failover2');
const [edge = ''] = SOURCES;
const LINES = readFileSync(edge.slice(0, edge.indexOf('=')), 'utf8')
  .split('\n')
  .filter(Boolean);

/** A line of the run, with another id and years away from it. */
function mad(years: number, number = 0): string {
  const line = JSON.parse(LINES[5] as string) as { ts: number; request_id: string };
  const id = `${number}${line.request_id.slice(String(number).length)}`;
  return JSON.stringify({ ...line, ts: line.ts + years * YEAR_SECONDS, request_id: id });
}

/** The run with this log of its first edge. */
function withEdge(name: string, lines: readonly string[]): string[] {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return [`${path}=nginx-json:edge:edge-a`, ...SOURCES.slice(1)];
}

const inserted = (at: number, ...lines: string[]): string[] => LINES.toSpliced(at, 0, ...lines);

/** Sessions and spans are those of the run; there is one more request, and it is doubted. */
describe.each([
  ['ahead', 10],
  ['behind', -10],
])('a line that is years %s', (_, years) => {
  test.each([
    ['first', 0],
    ['in the middle', Math.floor(LINES.length / 2)],
    ['last', LINES.length],
  ])('%s in its file moves nothing', async (_where, at) => {
    const tidy = await replayOutput(SOURCES);
    const sources = withEdge('edge.json', inserted(at, mad(years)));
    const found = await replayOutput(sources);
    expect(found.sessions).toEqual(tidy.sessions);
    expect(found.spans).toEqual(tidy.spans);
    expect(requests(found.metrics)).toBe(requests(tidy.metrics) + 1);
    expect(found.metrics).toContain('playpath_suspect_clock_records_total{source="edge-a"} 1');
    expect(found.printed.join('\n')).toContain('1 of edge-a are from more than a day ahead');
    expect(await replayOutput(sources.toReversed())).toEqual({ ...found, printed: expect.anything() });
  });

  test('moves nothing in a file that is read alone', async () => {
    const alone = (lines: readonly string[]) => replayOutput(withEdge('alone.json', lines).slice(0, 1));
    const tidy = await alone(LINES);
    for (const at of [0, 7, LINES.length]) {
      const found = await alone(inserted(at, mad(years)));
      expect(found.sessions).toEqual(tidy.sessions);
      expect(found.spans).toEqual(tidy.spans);
    }
  });
});

test('several mad lines in a row move nothing either', async () => {
  const tidy = await replayOutput(SOURCES);
  const row = Array.from({ length: 12 }, (_, i) => mad(i % 2 === 0 ? 10 : -10, i + 1));
  const found = await replayOutput(withEdge('row.json', inserted(9, ...row)));
  expect(found.sessions).toEqual(tidy.sessions);
  expect(found.metrics).toContain('playpath_suspect_clock_records_total{source="edge-a"} 12');
});

test('a log that was silent for years goes on', async () => {
  const later = LINES.map((line) => {
    const { ts, ...rest } = JSON.parse(line) as { ts: number; args: string; request_id: string };
    return JSON.stringify({
      ...rest,
      ts: ts + 2 * YEAR_SECONDS,
      request_id: `f${rest.request_id.slice(1)}`,
      args: rest.args.replaceAll(/[0-9a-f]{8}-/g, 'ffffffff-'),
    });
  });
  const { sessions, metrics } = await replayOutput(withEdge('later.json', [...LINES, ...later]).slice(0, 1));
  const begins = sessions.map(({ beginMs }) => beginMs ?? 0).sort((a, b) => a - b);
  expect(begins).toHaveLength(2);
  expect((begins[1] as number) - (begins[0] as number)).toBeCloseTo(2 * YEAR_SECONDS * 1000, -3);
  expect(metrics).not.toMatch(/^playpath_suspect_clock_records_total\{.*\} [1-9]/m);
});

function requests(metrics: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('playpath_requests_total{'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
