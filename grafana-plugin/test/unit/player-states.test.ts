import { expect, test } from 'vitest';
import { readFrames } from '../../src/frames/read-frames';
import { readSessions } from '../../src/model/read-sessions';
import { type SessionModel } from '../../src/model/session-model';
import { type Row, traceFrame } from '../frames';

const made = (...rows: Row[]): SessionModel => readSessions(readFrames([traceFrame(rows)]))[0].session;
const text = ({ states, startMs }: SessionModel) =>
  states.map(({ state, startMs: from, endMs }) => `${state} ${from - startMs}-${endMs - startMs}`);

const root: Row = {
  name: 'session',
  id: 'root',
  at: 0,
  ms: 10_000,
  tags: { 'playpath.outcome': 'played', 'playpath.visibility': 'both' },
};
const child = (name: string, at: number, ms: number, tags = {}): Row => ({ name, parent: 'root', at, ms, tags });

test.each<[string, Row[], string[]]>([
  [
    'playing fills the rest',
    [root, child('startup', 100, 400)],
    ['startup 100-500', 'playing 500-10000', 'ended 10000-10000'],
  ],
  [
    'a stall within a seek is a stall',
    [root, child('startup', 0, 500), child('seek', 2000, 1000), child('stall', 2400, 300)],
    [
      'startup 0-500',
      'playing 500-2000',
      'seeking 2000-2400',
      'stalled 2400-2700',
      'seeking 2700-3000',
      'playing 3000-10000',
      'ended 10000-10000',
    ],
  ],
  [
    'ads and pauses',
    [root, child('ad', 0, 1000), child('startup', 1000, 200), child('pause', 5000, 2000)],
    [
      'ad 0-1000',
      'startup 1000-1200',
      'playing 1200-5000',
      'paused 5000-7000',
      'playing 7000-10000',
      'ended 10000-10000',
    ],
  ],
  [
    'after a playback failure nothing plays',
    [root, child('startup', 0, 500), child('incident', 4000, 0, { 'playpath.incident.kind': 'playback_failure' })],
    ['startup 0-500', 'playing 500-4000', 'failed 4000-10000'],
  ],
  [
    'a start that failed never played',
    [
      { ...root, tags: { 'playpath.outcome': 'start_failure', 'playpath.visibility': 'both' } },
      child('startup', 0, 10_000),
    ],
    ['failed 0-10000'],
  ],
  [
    'a viewer who left before the start never played',
    [{ ...root, tags: { 'playpath.outcome': 'exit_before_start' } }, child('startup', 0, 3000)],
    ['startup 0-3000', 'ended 10000-10000'],
  ],
  [
    'a session whose signal was lost has not ended',
    [{ ...root, tags: { 'playpath.outcome': 'lost_signal' } }, child('startup', 0, 500)],
    ['startup 0-500', 'playing 500-10000'],
  ],
])('%s', (_, rows, states) => expect(text(made(...rows))).toEqual(states));
