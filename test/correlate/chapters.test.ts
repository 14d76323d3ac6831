import { expect, test } from 'vitest';
import { ChapterLane } from '../../collector/correlate/chapters.ts';

type Item = readonly [contentId: string, counter: number, mayRestart: boolean, atMs?: number];

/** Items are ten seconds apart unless they say when they were. */
function chapters(items: readonly Item[]): string[] {
  const lane = new ChapterLane();
  return items.map(([id, counter, mayRestart, atMs], index) => {
    lane.next(id, counter, atMs ?? index * 10_000, mayRestart);
    return `${lane.contentId}#${lane.ordinal}`;
  });
}

for (const [name, items, expected] of [
  [
    'one content is one playback',
    [
      ['m', 0, true],
      ['m', 1, false],
      ['m', 2, false],
    ],
    ['m#0', 'm#0', 'm#0'],
  ],
  [
    'a new content id is a new playback',
    [
      ['m', 0, true],
      ['n', 1, true],
    ],
    ['m#0', 'n#0'],
  ],
  [
    'coming back to a content is a new playback of it',
    [
      ['m', 0, true],
      ['n', 1, true],
      ['m', 2, true],
    ],
    ['m#0', 'n#0', 'm#1'],
  ],
  [
    'a counter that restarts with a main manifest is a new playback',
    [
      ['m', 0, true],
      ['m', 9, false],
      ['m', 0, true],
    ],
    ['m#0', 'm#0', 'm#1'],
  ],
  [
    'a first manifest that a log of whole seconds tells last is not',
    [
      ['m', 3, false, 0],
      ['m', 1, false, 0],
      ['m', 0, true, 900],
    ],
    ['m#0', 'm#0', 'm#0'],
  ],
  [
    'a counter that restarts on a segment is not',
    [
      ['m', 0, true],
      ['m', 9, false],
      ['m', 0, false],
    ],
    ['m#0', 'm#0', 'm#0'],
  ],
  [
    'the first manifest asked for twice is not',
    [
      ['m', 0, true],
      ['m', 0, true],
      ['m', 1, false],
    ],
    ['m#0', 'm#0', 'm#0'],
  ],
  [
    'items without a content id stay where they are',
    [
      ['m', 0, true],
      ['', 1, false],
      ['m', 2, false],
    ],
    ['m#0', 'm#0', 'm#0'],
  ],
] as const)
  test(name, () => expect(chapters(items)).toEqual(expected));
