import { fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { recordedFrame } from '../frames';
import { renderPanel } from './render-panel';

/** Pixels from the left of the lanes. */
const crosshairs = () =>
  screen
    .queryAllByTestId('playpath crosshair')
    .map(({ style }) => Math.round(Number(/^translateX\((.+)px\)$/.exec(style.transform)?.[1])));

test('pointing at one of two sessions shows the same moment of both', () => {
  renderPanel([recordedFrame('hls-failover2.tempo'), recordedFrame('hls-rebuffer.tempo')], { height: 800 });
  const [first, second] = screen.getAllByTestId('playpath lanes');
  fireEvent.pointerMove(second, { clientX: 300, clientY: 5 });
  expect(crosshairs()).toEqual([300, 300]);
  expect(screen.getAllByTestId('playpath tooltip')).toHaveLength(1);
  fireEvent.pointerLeave(second);
  expect(crosshairs()).toEqual([]);
  fireEvent.pointerMove(first, { clientX: 400, clientY: 5 });
  expect(crosshairs()).toEqual([400, 400]);
});
