import { expect, test } from 'vitest';
import { type CpuProfile, secondsByStage } from './load/cpu-profile.ts';

const frame = (functionName: string, url = '') => ({ functionName, url });

const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 5, 6] },
    { id: 2, callFrame: frame('decode', 'formats'), children: [3, 4] },
    { id: 3, callFrame: frame('slice') },
    { id: 4, callFrame: frame('add', 'metrics') },
    { id: 5, callFrame: frame('(idle)') },
    { id: 6, callFrame: frame('(garbage collector)') },
  ],
  samples: [2, 3, 4, 5, 6, 1],
  timeDeltas: [1e6, 2e6, 4e6, 8e6, 16e6, 32e6],
};

test('time belongs to the innermost stage, that of builtins to their caller, and idle time to nobody', () => {
  const seconds = secondsByStage(profile, ({ functionName, url }) =>
    functionName === '(garbage collector)' ? 'GC' : url,
  );
  expect(Object.fromEntries(seconds)).toEqual({ formats: 3, metrics: 4, GC: 16, other: 32 });
});
