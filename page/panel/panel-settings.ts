import type { WireFrame } from '../frames/wire-frame.ts';

export type ThemeMode = 'light' | 'dark';

/** What a dashboard would know about one panel. */
export type PanelSettings = {
  readonly frames: readonly WireFrame[];
  readonly mode?: ThemeMode;
  readonly title?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly fieldConfig?: { readonly defaults?: object; readonly overrides?: readonly object[] };
  /** The dashboard's time range, Unix ms. All of the frames' time when left out. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly state?: 'Loading' | 'Done' | 'Streaming' | 'Error';
};
