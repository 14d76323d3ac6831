import { type Lane, type Mark } from '../lanes/lane';
import { firstFrom } from './place-marks';

/** Where the keyboard cursor is. */
export type Cursor = { readonly laneIndex: number; readonly mark: Mark };

export type Command =
  | { readonly kind: 'cursor'; readonly move: 'next' | 'previous' | 'first' | 'last' | 'up' | 'down' }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'pan'; readonly share: number }
  | { readonly kind: 'reset' | 'pin' | 'leave' | 'evidence' }
  | { readonly kind: 'incident'; readonly step: 1 | -1 };

type Key = {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
};

const COMMANDS: Readonly<Record<string, Command>> = {
  ArrowRight: { kind: 'cursor', move: 'next' },
  ArrowLeft: { kind: 'cursor', move: 'previous' },
  ArrowUp: { kind: 'cursor', move: 'up' },
  ArrowDown: { kind: 'cursor', move: 'down' },
  Home: { kind: 'cursor', move: 'first' },
  End: { kind: 'cursor', move: 'last' },
  Enter: { kind: 'pin' },
  ' ': { kind: 'pin' },
  Escape: { kind: 'leave' },
  '+': { kind: 'zoom', factor: 0.5 },
  '=': { kind: 'zoom', factor: 0.5 },
  '-': { kind: 'zoom', factor: 2 },
  '0': { kind: 'reset' },
  e: { kind: 'evidence' },
  n: { kind: 'incident', step: 1 },
  p: { kind: 'incident', step: -1 },
};

/** What a key means here; undefined leaves it to Grafana and the browser. */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): Command | undefined {
  if (ctrlKey || metaKey || altKey) {
    return undefined;
  }
  if (shiftKey && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    return { kind: 'pan', share: key === 'ArrowLeft' ? -0.25 : 0.25 };
  }
  return Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : undefined;
}

/** The cursor after a move. Moving up and down keeps the time. Lanes without marks are passed over. */
export function movedCursor(
  lanes: readonly Lane[],
  cursor: Cursor | null,
  move: Extract<Command, { kind: 'cursor' }>['move']
): Cursor | null {
  if (cursor === null) {
    const laneIndex = lanes.findIndex(({ marks }) => marks.length > 0);
    return laneIndex < 0 ? null : { laneIndex, mark: lanes[laneIndex].marks[0] };
  }
  const { marks } = lanes[cursor.laneIndex];
  // New data has new marks; the cursor goes on from its time.
  const known = marks.indexOf(cursor.mark);
  const index = known >= 0 ? known : Math.min(marks.length - 1, firstFrom(marks, cursor.mark.startMs));
  switch (move) {
    case 'next':
      return { ...cursor, mark: marks[Math.min(marks.length - 1, index + 1)] ?? cursor.mark };
    case 'previous':
      return { ...cursor, mark: marks[Math.max(0, index - 1)] ?? cursor.mark };
    case 'first':
      return { ...cursor, mark: marks[0] ?? cursor.mark };
    case 'last':
      return { ...cursor, mark: marks[marks.length - 1] ?? cursor.mark };
    case 'up':
    case 'down':
      return inNeighbour(lanes, cursor, move === 'up' ? -1 : 1);
  }
}

function inNeighbour(lanes: readonly Lane[], cursor: Cursor, step: 1 | -1): Cursor {
  for (let laneIndex = cursor.laneIndex + step; lanes[laneIndex] !== undefined; laneIndex += step) {
    const { marks } = lanes[laneIndex];
    if (marks.length > 0) {
      const index = Math.min(marks.length - 1, firstFrom(marks, cursor.mark.startMs));
      return { laneIndex, mark: marks[index] };
    }
  }
  return cursor;
}
