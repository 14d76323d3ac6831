import { type Browser, chromium, type Page } from 'playwright-core';
import { type PageOptions, pageAddress } from './page-options.ts';

/** What the page alone saw; times are Unix ms by the page's clock. */
export type GroundTruth = {
  readonly isEnded: boolean;
  readonly mediaEvents: readonly { readonly type: string; readonly ts: number; readonly playheadMs: number }[];
  /** Stretches of at least 250 ms in which the playhead stood though it should have moved; not startup, not seeks. */
  readonly stalls: readonly { readonly beginMs: number; readonly endMs: number }[];
  readonly errors: readonly { readonly ts: number; readonly code: string; readonly fatal?: boolean }[];
  readonly playheadMs: number;
};

/** One playback in one tab. */
export type Playback = {
  readonly sid: string;
  readonly page: Page;
  truth(): Promise<GroundTruth>;
  /** Resolves when the playhead has reached `seconds`, or the film is over. */
  reached(seconds: number): Promise<void>;
  /** Resolves while playback stands for lack of data for the `nth` time (the first when left out), or at the end. */
  stalled(nth?: number): Promise<void>;
  ended(): Promise<void>;
  /** Leaves the page as a viewer does, then closes the tab. Safe to call twice. */
  close(): Promise<void>;
};

// Hidden-tab throttling would change what players do; several pages play side by side and all must count as visible.
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--autoplay-policy=no-user-gesture-required',
  '--mute-audio',
];

/** Headless Chromium, started with the first playback. */
export class BedBrowser {
  readonly #executable: string;
  #browser: Promise<Browser> | null = null;
  /** Console lines of every page, bounded. */
  readonly console: string[] = [];

  constructor(executable: string) {
    this.#executable = executable;
  }

  async play(pageUrl: string, options: PageOptions): Promise<Playback> {
    this.#browser ??= chromium.launch({
      executablePath: this.#executable,
      headless: true,
      // Chromium refuses to run its sandbox as root, which is what containers are.
      args: process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS,
    });
    const context = await (await this.#browser).newContext();
    const page = await context.newPage();
    const note = (line: string) => this.console.length < 200 && this.console.push(line.slice(0, 300));
    page.on('console', (message) => note(`[${message.type()}] ${message.text()}`));
    page.on('pageerror', (error) => note(`[pageerror] ${error}`));
    await page.goto(pageAddress(pageUrl, options));
    return {
      sid: options.sid,
      page,
      truth: () =>
        page.evaluate(() => {
          const { isEnded, mediaEvents, stalls, errors } = (globalThis as unknown as { bed: GroundTruth }).bed;
          return { isEnded, mediaEvents, stalls, errors, playheadMs: playheadMs() };
          function playheadMs(): number {
            const video = (globalThis as unknown as { video: { currentTime: number } }).video;
            return Math.round(video.currentTime * 1000);
          }
        }),
      reached: async (seconds) => {
        await page.waitForFunction(`bed.isEnded || video.currentTime >= ${seconds}`, null, { timeout: 120_000 });
      },
      stalled: async (nth = 1) => {
        const isStanding = `bed.isStanding && bed.stalls.length >= ${nth - 1}`;
        await page.waitForFunction(`bed.isEnded || (${isStanding})`, null, { timeout: 120_000 });
      },
      ended: async () => {
        await page.waitForFunction('bed.isEnded', null, { timeout: 120_000 });
      },
      close: async () => {
        if (page.isClosed()) return;
        await page.goto('about:blank').catch(() => undefined);
        await context.close();
      },
    };
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
    this.#browser = null;
  }
}
