import { type LaneRow } from '../frames/long-frame';
import { type Half, type Request } from '../model/request';
import {
  type PlayerError,
  type Point,
  type RenditionSwitch,
  type StateInterval,
  type Stretch,
} from '../model/session-model';

/** What a mark stands for: the tooltip and the announcements are made from it. */
export type Subject =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'half'; readonly request: Request; readonly half: Half }
  | { readonly kind: 'state'; readonly interval: StateInterval }
  | { readonly kind: 'error'; readonly error: PlayerError }
  | { readonly kind: 'switch'; readonly change: RenditionSwitch }
  | { readonly kind: 'stretch'; readonly stretch: Stretch }
  | { readonly kind: 'row'; readonly row: LaneRow };

/** A box in a lane. Times in Unix milliseconds. */
export type Mark = {
  readonly startMs: number;
  readonly endMs: number;
  readonly track: number;
  /** Key of the palette: a state, an outcome, or the word of a table. */
  readonly style: string;
  /** Higher is drawn on top and found first. */
  readonly weight: number;
  /** From its start; NaN when there is nothing to mark. */
  readonly ttfbMs: number;
  readonly isSlow: boolean;
  readonly isInferred: boolean;
  /** Written inside when there is room. */
  readonly label: string;
  readonly subject: Subject;
};

export type Line = {
  readonly points: readonly Point[];
  readonly style: string;
  /** A step holds its value until the next point; a slope does not. */
  readonly shape: 'step' | 'slope';
  readonly isArea: boolean;
  readonly isDashed: boolean;
  readonly widthPx: number;
  readonly fillOpacity: number;
};

export type Lane = {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly heightPx: number;
  readonly tracks: number;
  /** In order of their starts. */
  readonly marks: readonly Mark[];
  /** Length of the longest mark: bounds the search for marks at a time. */
  readonly longestMs: number;
  readonly lines: readonly Line[];
  /** Values at the bottom and the top of the lane. */
  readonly values: readonly [min: number, max: number];
  readonly levels: ReadonlyArray<{ readonly value: number; readonly label: string }>;
  readonly formatValue: (value: number) => string;
  /** Set when nobody told what belongs here. */
  readonly missing: string;
};

type Essentials = Pick<Lane, 'id' | 'label' | 'heightPx'> & Partial<Lane>;

/** A lane with nothing in it but what is given. */
export function laneOf(given: Essentials): Lane {
  const marks = given.marks ?? [];
  const longestMs = marks.reduce((longest, { startMs, endMs }) => Math.max(longest, endMs - startMs), 0);
  const empty = { detail: '', tracks: 1, lines: [], levels: [], missing: '', formatValue: String };
  return { ...empty, values: [0, 1], ...given, marks, longestMs };
}

/** A mark with nothing special about it but what is given. */
export function markOf(given: Pick<Mark, 'startMs' | 'endMs' | 'style' | 'subject'> & Partial<Mark>): Mark {
  // Spelled out: copying ten thousand objects key by key is felt.
  return {
    startMs: given.startMs,
    endMs: given.endMs,
    track: given.track ?? 0,
    style: given.style,
    weight: given.weight ?? 0,
    ttfbMs: given.ttfbMs ?? NaN,
    isSlow: given.isSlow ?? false,
    isInferred: given.isInferred ?? false,
    label: given.label ?? '',
    subject: given.subject,
  };
}
