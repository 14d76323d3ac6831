import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arrival, type Result, recordedEvents, runPipeline, testSettings } from '../support/recorded-events.ts';

/** Late, duplicated, out-of-order and partitioned input gives the same result as tidy input (design.md rules 1–4). */

const LATENESS_MS = 20_000;
const settings = testSettings({ reorderMs: LATENESS_MS, settleMs: 2 * LATENESS_MS });

describe.each(['hls-failover2', 'hls-rebuffer', 'rid-dash', 'hls-faro', 'hls-headers-tp'])('%s', (run) => {
  // A player that posts five reports at a time is late by itself.
  const recorded = recordedEvents(run, LATENESS_MS + 15_000);
  const tidy = recorded.then(({ sources, arrivals }) => runPipeline(sources, arrivals, settings));

  test('shuffled within the lateness of its sources, duplicated, and split over partitions', async () => {
    const { sources, arrivals } = await recorded;
    const expected = comparable(await tidy);
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(1, 3, 8), async (seed, partitions) => {
        const untidy = scrambled(arrivals, seed);
        expect(comparable(await runPipeline(sources, untidy, settings, partitions))).toEqual(expected);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  test('partial input loses only what is missing', async () => {
    const { sources, arrivals } = await recorded;
    const withoutOrigin = arrivals.filter(({ event }) => event.source.tier !== 'origin');
    const { sessions, spans } = await runPipeline(sources, withoutOrigin, settings);
    const whole = await tidy;
    expect(spans.filter(({ name }) => name === 'edge').length).toBe(
      whole.spans.filter(({ name }) => name === 'edge').length,
    );
    expect(spans.some(({ name }) => name === 'origin')).toBe(false);
    expect(sessions.map(({ sessionId, outcome, qoe }) => ({ sessionId, outcome, qoe }))).toEqual(
      whole.sessions.map(({ sessionId, outcome, qoe }) => ({ sessionId, outcome, qoe })),
    );
  });
});

/** Every event up to the allowed lateness later, a fifth of the log lines twice. */
function scrambled(arrivals: readonly Arrival[], seed: number): Arrival[] {
  let state = seed | 1;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  const untidy = arrivals.map(({ event, arrivedMs }) => ({ event, arrivedMs: arrivedMs + random() * LATENESS_MS }));
  const twice = untidy
    .filter(() => random() < 0.2)
    .map(({ event, arrivedMs }) => ({ event, arrivedMs: arrivedMs + random() * 1_000 }));
  return [...untidy, ...twice].sort(() => random() - 0.5);
}

/** Sessions, spans and counters; how late records were and why a session was cut may differ. */
function comparable({ sessions, spans, metrics }: Result) {
  return {
    sessions: sessions.map(({ cut: _, ...session }) => session),
    spans: spans.map(({ attributes, ...span }) => ({
      ...span,
      attributes: attributes.filter(([name]) => name !== 'playpath.session.cut'),
    })),
    metrics: metrics
      .split('\n')
      .filter((line) => !/^#|playpath_event_lag|playpath_session_cuts|playpath_duplicates|playpath_late/.test(line))
      .map(rounded)
      .sort(),
  };
}

/** Sums of the same numbers in another order differ in the last bits. */
function rounded(line: string): string {
  const at = line.lastIndexOf(' ');
  return `${line.slice(0, at)} ${Number(line.slice(at + 1)).toPrecision(9)}`;
}
