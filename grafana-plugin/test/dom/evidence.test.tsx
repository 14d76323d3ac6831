import { fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { recordedFrame } from '../frames';
import { lanes, renderPanel } from './render-panel';

const announced = () => screen.getByTestId('playpath announcement').textContent;

test('an incident leads to each request that proves it, in order of time, and around', () => {
  renderPanel([recordedFrame('hls-failover2.tempo')]);
  fireEvent.click(screen.getByRole('button', { name: /Incident 2:/ }));
  const seen: Array<string | null> = [];
  for (let step = 0; step < 6; step++) {
    fireEvent.click(screen.getByRole('button', { name: 'Evidence: 6 requests' }));
    seen.push(announced());
  }
  // Two of them failed alike in the same tenth of a second.
  expect(new Set(seen).size).toBe(5);
  expect(seen.filter((text) => /^edge-a: .*Server error \(5xx\) \(503\)/.test(text ?? ''))).toHaveLength(5);
  expect(screen.getByTestId('playpath tooltip')).toBeInTheDocument();
  fireEvent.keyDown(lanes(), { key: 'e' });
  expect(announced()).toBe(seen[0]);
});

test('without a chosen incident there is no evidence to go to', () => {
  renderPanel([recordedFrame('hls-failover2.tempo')]);
  fireEvent.keyDown(lanes(), { key: 'e' });
  expect(announced()).toBe('');
});
