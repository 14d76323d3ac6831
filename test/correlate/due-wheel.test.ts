import { expect, test } from 'vitest';
import { DueWheel } from '../../collector/correlate/sessions/due-wheel.ts';

test('gives each slot once, when its time has come', () => {
  const wheel = new DueWheel();
  wheel.schedule(3, 5_000);
  wheel.schedule(1, 2_500);
  wheel.schedule(3, 9_000);
  expect([...wheel.take(1_000)]).toEqual([]);
  expect([...wheel.take(3_000)]).toEqual([1]);
  expect([...wheel.take(60_000)]).toEqual([3]);
  expect([...wheel.take(120_000)]).toEqual([]);
});

test('an appointment can be brought forward and cancelled', () => {
  const wheel = new DueWheel();
  wheel.schedule(1, 50_000);
  wheel.schedule(1, 2_000);
  wheel.schedule(2, 2_000);
  wheel.cancel(2);
  expect([...wheel.take(2_000)]).toEqual([1]);
  expect([...wheel.take(60_000)]).toEqual([]);
});

test('an appointment in the past is kept at the next second', () => {
  const wheel = new DueWheel();
  expect([...wheel.take(10_000)]).toEqual([]);
  wheel.schedule(1, 1_000);
  expect([...wheel.take(11_000)]).toEqual([1]);
});

test('what a slot had on before it was given to somebody else is nothing to its new owner', () => {
  const wheel = new DueWheel();
  wheel.schedule(1, 20_000);
  wheel.cancel(1);
  wheel.schedule(1, 20_200);
  expect([...wheel.take(20_240)]).toEqual([]);
  expect([...wheel.take(21_000)]).toEqual([1]);
});
