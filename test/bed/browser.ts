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
  /** Leaves the page as a viewer does. Safe to call twice. */
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

/** Thirty seconds of film, a minute of stalls, and a machine that is busy. */
const PATIENCE_MS = 150_000;

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
    const truth = () =>
      page.evaluate(() => {
        const { bed, video } = globalThis as unknown as { bed: GroundTruth; video: { currentTime: number } };
        const { isEnded, mediaEvents, stalls, errors } = bed;
        return { isEnded, mediaEvents, stalls, errors, playheadMs: Math.round(video.currentTime * 1000) };
      });
    const until = async (condition: string): Promise<void> => {
      try {
        await page.waitForFunction(condition, null, { timeout: PATIENCE_MS });
      } catch (error) {
        throw new Error(`${options.content}: no ${condition}: ${JSON.stringify(await truth())}`, { cause: error });
      }
    };
    return {
      sid: options.sid,
      page,
      truth,
      reached: (seconds) => until(`bed.isEnded || video.currentTime >= ${seconds}`),
      stalled: (nth = 1) => until(`bed.isEnded || (bed.isStanding && bed.stalls.length >= ${nth - 1})`),
      ended: () => until('bed.isEnded'),
      close: async () => {
        // The tab stays, empty, until the browser is closed: with its context its last beacons would be lost.
        if (!page.isClosed()) await page.goto('about:blank');
      },
    };
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
    this.#browser = null;
  }
}
