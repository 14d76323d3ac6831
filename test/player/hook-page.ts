import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Beacon, beaconsOf } from '../bed/beacons.ts';
import type { Bed } from '../bed/bed.ts';
import type { Playback } from '../bed/browser.ts';

const FAKES = readFileSync(fileURLToPath(new URL('./fake-players.js', import.meta.url)), 'utf8');
/** Hosts whose URLs may carry the join key. */
const RID_HOSTS = ['cdn.example', 'other.example:8443'];

/** Pages with the hook and fake players, and what their beacons say. */
export class HookPages {
  readonly #bed: Bed;

  constructor(bed: Bed) {
    this.#bed = bed;
  }

  /** A page with the hook and the fake players, and `attach(target, options)` that fills in what they share. */
  async open(content: string): Promise<Playback> {
    const tab = await this.#bed.play({ player: 'none', title: content, file: '', hookUrl: '/player.js' });
    await tab.page.waitForFunction('globalThis.Playpath');
    await tab.page.addScriptTag({ content: FAKES });
    await tab.page.evaluate(`
      globalThis.attach = (target, options) => Playpath.attach(target, {
        endpoint: '${this.#bed.pageUrl}/v1/beacon', content: '${content}', ridHosts: ${JSON.stringify(RID_HOSTS)}, ...options });
      globalThis.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    `);
    return tab;
  }

  /** Runs `script` in a page of its own and returns what the sink got once `until` is among it. */
  async beaconsFrom(content: string, script: string, until = 'session_end'): Promise<Beacon[]> {
    const tab = await this.open(content);
    await tab.page.evaluate(`(async () => { ${script} })()`);
    const beacons = await this.received(content, until);
    await tab.close();
    return beacons;
  }

  async received(content: string, until: string): Promise<Beacon[]> {
    return await expect
      .poll(() => beaconsOf(this.#bed.logs.capture, content), { timeout: 10_000 })
      .toSatisfy((beacons: Beacon[]) => beacons.some(({ event }) => event === until))
      .then(() => beaconsOf(this.#bed.logs.capture, content));
  }
}
