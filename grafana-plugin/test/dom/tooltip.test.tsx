import { TooltipDisplayMode } from '@grafana/ui';
import { fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { recordedFrame } from '../frames';
import { lanes, OPTIONS, renderPanel } from './render-panel';

type Tooltip = typeof OPTIONS.tooltip;

/** Points at the middle of the buffer lane, by way of the player's. */
function pointed(tooltip: Partial<Tooltip>) {
  renderPanel([recordedFrame('hls-failover2.tempo')], { options: { tooltip: { ...OPTIONS.tooltip, ...tooltip } } });
  fireEvent.pointerMove(lanes(), { clientX: 500, clientY: 5 });
  return screen.queryByTestId('playpath tooltip');
}

const names = (tooltip: HTMLElement | null) => [...(tooltip?.querySelectorAll('dt') ?? [])].map((dt) => dt.textContent);

test('one thing at a time, all values, or none', () => {
  expect(names(pointed({ mode: TooltipDisplayMode.Single }))).not.toContain('Buffer');
});

test('all values come in the order of the lanes', () => {
  expect(names(pointed({ mode: TooltipDisplayMode.Multi }))).toEqual([
    'Time',
    'Duration',
    'Buffer',
    'Rendition, requested',
    'Rendition, on screen',
  ]);
});

test.each<[string, string[]]>([
  ['asc', ['Rendition, requested', 'Rendition, on screen', 'Buffer']],
  ['desc', ['Buffer', 'Rendition, on screen', 'Rendition, requested']],
])('or by their size: %s', (sort, expected) => {
  const tooltip = pointed({ mode: TooltipDisplayMode.Multi, sort: sort as Tooltip['sort'] });
  expect(names(tooltip).slice(2)).toEqual(expected);
});

test('hidden, until something is kept', () => {
  expect(pointed({ mode: TooltipDisplayMode.None })).toBeNull();
  fireEvent.keyDown(lanes(), { key: 'ArrowRight' });
  fireEvent.keyDown(lanes(), { key: 'Enter' });
  expect(screen.getByTestId('playpath pinned tooltip')).toBeInTheDocument();
});

test('no larger than the options say', () => {
  const tooltip = pointed({ mode: TooltipDisplayMode.Multi, maxHeight: 80, maxWidth: 200 });
  expect(tooltip?.style).toMatchObject({ maxHeight: '80px', maxWidth: '200px' });
});
