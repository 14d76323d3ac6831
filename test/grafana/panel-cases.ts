import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requireSystem } from '../support/system-packages.ts';
import type { GrafanaLine } from './harness-build.ts';
import { inputCases } from './panel-input-cases.ts';
import { PanelPage } from './panel-page.ts';
import { type Scene, scenes } from './scenes.ts';

/** Packages of a line of Grafana may have to be installed, beside all else that a busy machine tests. */
const INSTALL_MS = 900_000;

const SCENES = await scenes();

/** The built panel on real Grafana libraries of one line, in a real browser. */
export function panelCases(line: GrafanaLine): void {
  describe.skipIf(requireSystem('chromium') !== '')(`on Grafana ${line}`, { timeout: 120_000 }, () => {
    let panel: PanelPage;
    beforeAll(async () => {
      panel = await PanelPage.open(line);
    }, INSTALL_MS);
    afterAll(() => panel?.close());
    beforeEach(() => {
      panel.errors.length = 0;
      panel.strangers.length = 0;
    });

    test.each([...SCENES])('%s: drawn, readable, without barriers, without requests', async (name, scene) => {
      await panel.page.setViewportSize({
        width: Math.max(1240, (scene.settings.width ?? 0) + 40),
        height: Math.max(800, (scene.settings.height ?? 0) + 40),
      });
      await panel.show(scene.settings);
      await expectShown(panel, scene);
      await panel.shoot(name);
      expect(await panel.axe()).toEqual([]);
      expect([panel.errors, panel.strangers]).toEqual([[], []]);
    });

    test('Tempo and Jaeger give the same picture', async () => {
      const told: string[] = [];
      for (const name of ['dark', 'jaeger']) {
        await panel.show(SCENES.get(name)!.settings);
        told.push(await panel.page.getByTestId('playpath session').ariaSnapshot());
      }
      expect(told[1]).toBe(told[0]);
    });

    test('Grafana suggests it for a trace, and for nothing else', async () => {
      const suggested = (name: string) =>
        panel.page.evaluate(
          async (settings) => ((await globalThis.host.suggestions(settings)) as unknown[] | undefined)?.length ?? 0,
          SCENES.get(name)!.settings as never,
        );
      expect(await suggested('dark')).toBe(1);
      expect(await suggested('jaeger')).toBe(1);
      expect(await suggested('wrong-series')).toBe(0);
    });

    test('a value mapping renames and recolours a state', async () => {
      const mappings = [{ type: 'value', options: { playing: { text: 'rolling', color: '#123456', index: 0 } } }];
      await panel.show({ ...SCENES.get('dark')!.settings, fieldConfig: { defaults: { mappings } } });
      expect(await panel.page.getByText('rolling', { exact: true }).count()).toBeGreaterThan(0);
      expect(await coloursOf(panel)).toContain('18,52,86');
    });

    test('a time series has a colour of its own until a person gives it another', async () => {
      const defaults = await panel.page.evaluate(() => globalThis.host.plugin.fieldConfigDefaults);
      expect(defaults).toMatchObject({ defaults: { color: { mode: 'palette-classic' } } });
    });

    inputCases(() => panel, SCENES);
  });
}

async function expectShown(panel: PanelPage, { says, incidents, sessions }: Scene): Promise<void> {
  expect(panel.errors).toEqual([]);
  const text = await panel.page.locator('#root').textContent();
  const hidden = await panel.page.locator('#root [title]').evaluateAll((found) => found.map((node) => node.title));
  expect([text, ...hidden].join('\n')).toMatch(says);
  if (sessions === 0) {
    expect(await panel.page.getByTestId('playpath lanes').count()).toBe(0);
    return;
  }
  if (!Number.isNaN(incidents)) {
    expect(await panel.page.getByRole('button', { name: /^Incident \d+: / }).count()).toBe(incidents);
  }
  expect(await panel.page.getByTestId('playpath session').count()).toBe(sessions);
  // Lanes, their ground, and at least two outcomes.
  expect((await coloursOf(panel)).length).toBeGreaterThan(3);
}

/** Colours of the lanes, `r,g,b`, those of a few pixels left out. */
function coloursOf(panel: PanelPage): Promise<string[]> {
  return panel.page
    .getByTestId('playpath lanes')
    .first()
    .locator('canvas')
    .evaluate((element) => {
      const canvas = element as unknown as Canvas;
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      const counts = new Map<string, number>();
      for (let at = 0; at < pixels.length; at += 4) {
        const colour = `${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}`;
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
      }
      return [...counts].filter(([, count]) => count > 20).map(([colour]) => colour);
    });
}

/** As much of a canvas as is asked for here, where there are no types of browsers. */
type Canvas = {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  };
};
