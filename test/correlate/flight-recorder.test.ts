import { expect, test } from 'vitest';
import { FlightRecorder, type RecorderPolicy } from '../../collector/correlate/flight-recorder.ts';
import { RowStore } from '../../collector/correlate/rows/row-store.ts';
import { SettledRequests } from '../../collector/correlate/rows/settled-requests.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import type { SpanOutput, Stretch } from '../../collector/model/output.ts';
import { edgeRequest, T0 } from './support.ts';

const session = { tenant: 'default', traceId: 'f'.repeat(32), sessionId: 's', isInferred: false };
const policy: RecorderPolicy = {
  detail: 'recorder',
  healthySample: 0,
  paddingMs: 30_000,
  spanBudget: 2_000,
  gridMs: 300_000,
};

function recorded(options: Partial<RecorderPolicy> = {}) {
  const requests: JoinedRequest[] = [];
  const stretches: Stretch[] = [];
  const output = {
    record: (_: unknown, request: JoinedRequest) => requests.push(request),
    stretch: (_: unknown, stretch: Stretch) => stretches.push(stretch),
  } as unknown as SpanOutput;
  const recorder = new FlightRecorder(session, { ...policy, ...options }, output, new SettledRequests(new RowStore()));
  return { recorder, times: () => requests.map(({ startMs }) => (startMs - T0) / 1000), stretches };
}

test('a healthy session exports its startup and sums up the rest', () => {
  const { recorder, times, stretches } = recorded();
  for (let second = 0; second < 120; second += 4)
    recorder.add(edgeRequest({ at: second * 1000, bodyBytes: 10, cacheStatus: 'hit' }));
  recorder.started(T0 + 5_000);
  recorder.finish();
  expect(times()).toEqual([0, 4]);
  expect(stretches).toMatchObject([{ requests: 28, hits: 28, bytes: 280, beginMs: T0 + 8000 }]);
});

test('requests within 30 s of an incident are exported, before and after it', () => {
  const { recorder, times } = recorded();
  recorder.started(T0);
  for (let second = 1; second < 200; second += 10) {
    recorder.add(edgeRequest({ at: second * 1000 }));
    recorder.settle(T0 + second * 1000);
    if (second === 101) recorder.incident(T0 + 100_000, T0 + 102_000);
  }
  recorder.finish();
  expect(times()).toEqual([71, 81, 91, 101, 111, 121, 131]);
});

test('detail full and a sampled session export everything', () => {
  for (const options of [{ detail: 'full' as const }, { healthySample: 1 }]) {
    const { recorder, times, stretches } = recorded(options);
    for (let second = 0; second < 60; second += 10) recorder.add(edgeRequest({ at: second * 1000 }));
    recorder.finish();
    expect(times()).toHaveLength(6);
    expect(stretches).toEqual([]);
  }
});

test('a trace has a span budget; what is over it is summed up', () => {
  const { recorder, times, stretches } = recorded({ detail: 'full', spanBudget: 210 });
  for (let i = 0; i < 25; i++) recorder.add(edgeRequest({ at: i }));
  recorder.finish();
  expect(times()).toHaveLength(10);
  expect(stretches).toMatchObject([{ requests: 15 }]);
});

test('a long stretch is cut on a grid', () => {
  const { recorder, stretches } = recorded();
  recorder.started(T0 - 1);
  for (let minute = 0; minute < 12; minute++) recorder.add(edgeRequest({ at: minute * 60_000 }));
  recorder.finish();
  expect(stretches.reduce((sum, { requests }) => sum + requests, 0)).toBe(12);
  expect(stretches.length).toBeGreaterThanOrEqual(3);
});
