import { type GrafanaTheme2, getFieldSeriesColor, type ValueMapping } from '@grafana/data';
import { type Overlay } from '../frames/series-frame';
import { OUTCOME_LABELS } from '../model/outcomes';
import { mappedWord } from './mapped-word';

/** Drawn over the colour, so that no meaning hangs on colour alone. */
export type Pattern = 'none' | 'diagonal' | 'cross' | 'dots' | 'outline' | 'bars';

export type Swatch = { readonly fill: string; readonly pattern: Pattern; readonly text: string };

/** Colours by the theme's names, patterns and words for everything the panel draws. Value mappings go first. */
const DEFAULTS: Readonly<Record<string, readonly [color: string, pattern: Pattern, text: string]>> = {
  startup: ['light-blue', 'none', 'Startup'],
  playing: ['semi-dark-green', 'none', 'Playing'],
  stalled: ['red', 'diagonal', 'Stalled'],
  seeking: ['dark-purple', 'dots', 'Seeking'],
  paused: ['#808080', 'bars', 'Paused'],
  ad: ['yellow', 'dots', 'Ad'],
  ended: ['#606060', 'none', 'Ended'],
  error: ['dark-red', 'cross', 'Player error'],
  failed: ['dark-red', 'cross', 'Failed'],
  hit: ['green', 'none', OUTCOME_LABELS.hit],
  miss: ['semi-dark-blue', 'none', OUTCOME_LABELS.miss],
  ok: ['super-light-blue', 'none', OUTCOME_LABELS.ok],
  '4xx': ['orange', 'diagonal', OUTCOME_LABELS['4xx']],
  '5xx': ['red', 'cross', OUTCOME_LABELS['5xx']],
  timeout: ['dark-red', 'dots', OUTCOME_LABELS.timeout],
  aborted: ['#8e8e8e', 'outline', OUTCOME_LABELS.aborted],
  unanswered: ['dark-orange', 'bars', OUTCOME_LABELS.unanswered],
  slow: ['yellow', 'none', 'Slower than realtime'],
  stretch: ['#808080', 'bars', 'Summed up'],
  origin: ['purple', 'none', 'Origin'],
  switch: ['yellow', 'none', 'Rendition switch'],
  buffer: ['blue', 'none', 'Buffer'],
  rendition: ['yellow', 'none', 'On screen'],
  requested: ['light-yellow', 'none', 'Requested'],
};

export type Palette = {
  readonly swatch: (key: string) => Swatch;
  readonly lane: string;
  readonly grid: string;
  readonly text: string;
  readonly weakText: string;
  readonly errorText: string;
  readonly font: string;
  readonly contrast: (fill: string) => string;
};

export function paletteOf(theme: GrafanaTheme2, mappings: ValueMapping[], overlays: readonly Overlay[]): Palette {
  // Both have as many entries as there are states, outcomes and fills of theirs.
  const known = new Map<string, Swatch>();
  const contrasts = new Map<string, string>();
  const make = (key: string): Swatch => {
    const overlay = /^overlay:(\d+)$/.exec(key);
    const field = overlay ? overlays[Number(overlay[1])]?.field : undefined;
    if (field) {
      return { fill: getFieldSeriesColor(field, theme).color, pattern: 'none', text: field.name };
    }
    const [color, pattern, text] = DEFAULTS[key] ?? [fallbackColor(theme, key), 'none' as const, key];
    const mapped = mappedWord(mappings, key);
    return {
      fill: theme.visualization.getColorByName(mapped?.color ?? color),
      pattern,
      text: mapped?.text || text,
    };
  };
  return {
    swatch: (key) => {
      const swatch = known.get(key) ?? make(key);
      known.set(key, swatch);
      return swatch;
    },
    lane: theme.colors.background.secondary,
    grid: theme.colors.border.weak,
    text: theme.colors.text.primary,
    weakText: theme.colors.text.secondary,
    errorText: theme.colors.error.text,
    font: `${theme.typography.bodySmall.fontSize} ${theme.typography.fontFamily}`,
    contrast: (fill) => {
      const text = contrasts.get(fill) ?? theme.colors.getContrastText(fill);
      contrasts.set(fill, text);
      return text;
    },
  };
}

/** States of a table that nobody gave a colour: the same word is the same colour everywhere. */
function fallbackColor(theme: GrafanaTheme2, word: string): string {
  const { palette } = theme.visualization;
  let hash = 0;
  for (const letter of word) {
    hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  }
  return palette[hash % palette.length];
}
