import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { tempoTraceFrame } from '../../page/frames/tempo-trace.ts';
import { columnOf } from '../../page/frames/wire-frame.ts';
import { stillPlaying } from './frames/altered-trace.ts';
import { recordedTrace } from './frames/recorded-trace.ts';
import type { PanelPage } from './panel-page.ts';
import type { Scene } from './scenes.ts';

/** Pointer, keys and the rest of the dashboard. */
export function inputCases(of: () => PanelPage, scenes: ReadonlyMap<string, Scene>): void {
  const settings = { ...scenes.get('dark')!.settings, width: 1200, height: 640 };
  const startMs = Math.min(...columnOf(settings.frames[0]!, 'startTime').map(Number));
  const byTest = (id: string): Locator => of().page.getByTestId(`playpath ${id}`);
  const lanes = (): Locator => byTest('lanes');
  const windowWidth = async (): Promise<number> => (await byTest('overview window').boundingBox())?.width ?? 0;
  /** A place in the lanes, as shares of their width and height. */
  const place = async (across: number, down: number) => {
    const box = (await lanes().boundingBox())!;
    return { x: box.x + across * box.width, y: box.y + down * box.height };
  };
  const point = async (across: number, down: number): Promise<void> => {
    const { x, y } = await place(across, down);
    await of().page.mouse.move(x, y);
    await of().paint();
  };
  const published = () => of().page.evaluate(() => [...globalThis.host.published]);

  test('hovering tells what is there, and the other panels when', async () => {
    await of().show(settings);
    await point(0.5, 0.05);
    expect(await byTest('tooltip').textContent()).toMatch(/playing/i);
    const times = await published();
    const { width } = (await lanes().boundingBox())!;
    const lengthMs = (times.at(-1)! - startMs) / 0.5;
    expect(lengthMs).toBeGreaterThan(55_000);
    expect(lengthMs).toBeLessThan(65_000 + 1000 / width);
    await of().shoot('hover');
    await of().page.mouse.move(5, 5);
    await of().paint();
    expect(await byTest('tooltip').count()).toBe(0);
    expect((await published()).at(-1)).toBeNull();
  });

  test('a click keeps the details: every attribute, player to origin, to copy', async () => {
    await of().show(settings);
    await lanes().focus();
    await of().page.keyboard.press('ArrowRight');
    for (let lane = 0; lane < 3; lane += 1) await of().page.keyboard.press('ArrowDown');
    // On to a segment that came slower than it plays.
    for (let item = 0; item < 12; item += 1) await of().page.keyboard.press('ArrowRight');
    await of().page.keyboard.press('Enter');
    const details = byTest('pinned tooltip');
    expect(await details.textContent()).toMatch(/span id/);
    expect(await details.getByTestId('playpath waterfall').textContent()).toMatch(/player[\s\S]*edge[\s\S]*origin/);
    await of().shoot('pinned');
    const clip = { x: 0, y: 0, width: 1216, height: 656 };
    await of().page.screenshot({ path: of().picture('pinned-page'), clip });
    await details.getByRole('button', { name: /copy/i }).click();
    const copied = JSON.parse(await of().copied()) as { spans: unknown[] };
    expect(copied.spans.length).toBeGreaterThan(1);
    expect(await of().axe()).toEqual([]);
    await of().page.keyboard.press('Escape');
    await of().paint();
    expect(await details.count()).toBe(0);
  });

  test('data links of the field config are in the kept details, to be opened elsewhere', async () => {
    const links = [{ title: 'Player log', url: 'https://logs.example/player', targetBlank: true }];
    await of().show({ ...settings, fieldConfig: { defaults: { links } } });
    await lanes().focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'Enter']) await of().page.keyboard.press(key);
    const link = byTest('pinned tooltip').getByRole('link', { name: 'Player log' });
    expect(await link.count()).toBe(1);
    expect(await link.getAttribute('href')).toBe('https://logs.example/player');
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toMatch(/noopener/);
    await of().shoot('data-links');
    expect(await of().axe()).toEqual([]);
  });

  test('keys: a cursor that is announced, incidents, zoom', async () => {
    await of().show(settings);
    await lanes().focus();
    await of().page.keyboard.press('ArrowRight');
    const first = await byTest('announcement').textContent();
    await of().page.keyboard.press('ArrowRight');
    const second = await byTest('announcement').textContent();
    expect(first).toMatch(/startup/i);
    expect(second).toMatch(/playing/i);

    const pressed = of().page.getByRole('button', { name: /^Incident \d/, pressed: true });
    await of().page.keyboard.press('n');
    expect(await pressed.getAttribute('aria-label')).toMatch(/^Incident 1/);
    await of().page.keyboard.press('n');
    expect(await pressed.getAttribute('aria-label')).toMatch(/^Incident 2: .*failover/);
    await of().shoot('incident-selected');
    await of().page.keyboard.press('p');
    expect(await pressed.getAttribute('aria-label')).toMatch(/^Incident 1/);

    await of().page.keyboard.press('0');
    const whole = await windowWidth();
    await of().page.keyboard.press('+');
    await of().paint();
    expect(await windowWidth()).toBeLessThan(0.6 * whole);
    await of().shoot('zoomed');
    await of().page.keyboard.press('0');
    await of().paint();
    expect(await windowWidth()).toBeCloseTo(whole, 0);
  });

  test('the crosshair of other panels is drawn where it belongs, unless the dashboard shares none', async () => {
    await of().show(settings);
    await of().page.mouse.move(5, 5);
    const hover = (atMs: number) => of().page.evaluate((time) => globalThis.host.hover(time), atMs);
    await hover(startMs + 30_000);
    await of().paint();
    const box = (await lanes().boundingBox())!;
    const line = (await byTest('crosshair').boundingBox())!;
    expect((line.x - box.x) / box.width).toBeGreaterThan(0.45);
    expect((line.x - box.x) / box.width).toBeLessThan(0.55);
    await of().page.evaluate(() => globalThis.host.leave());
    await of().paint();
    expect(await byTest('crosshair').count()).toBe(0);

    await of().show({ ...settings, sync: 0 });
    const before = (await published()).length;
    await hover(startMs + 30_000);
    await of().paint();
    expect(await byTest('crosshair').count()).toBe(0);
    await point(0.5, 0.05);
    expect((await published()).length).toBe(before);
  });

  test('zoom by wheel, by dragging in the lanes and in the overview, and back', async () => {
    await of().show(settings);
    const whole = await windowWidth();
    await point(0.3, 0.5);
    await of().page.mouse.wheel(0, -300);
    await of().paint();
    expect(await windowWidth()).toBeCloseTo(whole, 0);
    await of().page.keyboard.down('Control');
    await of().page.mouse.wheel(0, -300);
    await of().page.keyboard.up('Control');
    await of().paint();
    expect(await windowWidth()).toBeLessThan(whole - 5);
    await of().page.getByRole('button', { name: 'Show all' }).click();
    expect(await windowWidth()).toBeCloseTo(whole, 0);

    await drag(await place(0.2, 0.5), await place(0.4, 0.5));
    expect(await windowWidth()).toBeCloseTo(0.2 * whole, -1);
    await of().page.getByRole('button', { name: 'Show all' }).click();

    const strip = (await byTest('overview').boundingBox())!;
    const y = strip.y + strip.height / 2;
    await drag({ x: strip.x + 0.5 * strip.width, y }, { x: strip.x + 0.75 * strip.width, y });
    expect(await windowWidth()).toBeCloseTo(0.25 * whole, -1);
  });

  test('the window of the overview moves by keys as it does by dragging', async () => {
    await of().show(settings);
    const whole = await windowWidth();
    const slider = (name: string): Locator => of().page.getByRole('slider', { name, exact: true });
    await slider('End of the shown part').focus();
    for (let step = 0; step < 5; step += 1) await of().page.keyboard.press('PageDown');
    await of().paint();
    expect(await windowWidth()).toBeCloseTo(0.5 * whole, -1);
    expect(await slider('End of the shown part').getAttribute('aria-valuetext')).toBe('0:30.8');
    await slider('Shown part').focus();
    await of().page.keyboard.press('End');
    await of().paint();
    expect(await windowWidth()).toBeCloseTo(0.5 * whole, -1);
    expect(await slider('Shown part').getAttribute('aria-valuetext')).toBe('0:30.8 to 1:01.5');
    await slider('Begin of the shown part').focus();
    await of().page.keyboard.press('Home');
    await of().paint();
    expect(await windowWidth()).toBeCloseTo(whole, 0);
    expect(await of().axe()).toEqual([]);
  });

  test('on dashboard time, dragging asks the dashboard for the part', async () => {
    await of().show({ ...settings, options: { timeAxis: 'dashboard' } });
    await drag(await place(0.25, 0.5), await place(0.5, 0.5));
    const { from, to } = (await of().page.evaluate(() => [...globalThis.host.ranges])).at(-1)!;
    expect(from).toBeGreaterThan(startMs + 13_000);
    expect(to).toBeLessThan(startMs + 33_000);
    expect(to - from).toBeGreaterThan(13_000);
  });

  test('filtering leaves out what is not asked for', async () => {
    await of().show(settings);
    await of().page.getByRole('button', { name: 'Filter' }).click();
    const pills = byTest('filter');
    await of().shoot('filter');
    const before = await lanes().locator('canvas').screenshot();
    await pills.getByText('Cache miss').click();
    await of().paint();
    expect((await lanes().locator('canvas').screenshot()).equals(before)).toBe(false);
    expect(await of().axe()).toEqual([]);
  });

  test('a session that plays on grows in place: what was zoomed and chosen stays', async () => {
    const recorded = await recordedTrace('hls-failover2');
    const at = (afterMs: number) => ({ ...settings, frames: [tempoTraceFrame(stillPlaying(recorded, afterMs))] });
    await of().show(at(20_000));
    await of()
      .page.getByRole('button', { name: /^Incident 1/ })
      .click();
    await of().page.keyboard.press('+');
    await of().update(at(40_000));
    expect(
      await of()
        .page.getByRole('button', { name: /^Incident \d/, pressed: true })
        .count(),
    ).toBe(1);
    expect(await byTest('notes').textContent()).toMatch(/Live/);
    await of().update(settings);
    expect(await byTest('notes').textContent()).not.toMatch(/Live/);
    expect(await byTest('headline').textContent()).toMatch(/Played/);
  });

  async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    const { mouse } = of().page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move((from.x + to.x) / 2, from.y);
    await mouse.move(to.x, to.y);
    await mouse.up();
    await of().paint();
  }
}
