import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { PANEL_POLICY } from '../../collector/api/page-files.ts';
import { CACHE, PLUGIN } from '../../page/build/plugin-build.ts';
import { systemCommand } from '../support/system-packages.ts';
import type { Harness, ShowSettings } from './harness/harness-api.ts';
import { buildHarness, type GrafanaLine } from './harness-build.ts';

export const CHROMIUM_FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium refuses to run its sandbox as root, which is what containers are.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Never asked over the network: every request is answered from the folder or refused. */
const ORIGIN = 'http://localhost:1';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

declare global {
  var host: Harness;
  var hostReady: Promise<Harness>;
}

/** The built panel in Chromium, on real Grafana libraries of one line. */
export class PanelPage {
  readonly page: Page;
  /** What the page said on its console as an error, and errors nobody caught. */
  readonly errors: string[] = [];
  /** Requests for anything that is not part of the page. */
  readonly strangers: string[] = [];
  readonly #browser: Browser;
  readonly #shots: string;
  #size = { width: 0, height: 0 };

  private constructor(browser: Browser, page: Page, shots: string) {
    this.#browser = browser;
    this.page = page;
    this.#shots = shots;
  }

  static async open(line: GrafanaLine): Promise<PanelPage> {
    const folder = await buildHarness(line);
    const browser = await chromium.launch({ executablePath: systemCommand('chromium'), args: CHROMIUM_FLAGS });
    const context = await browser.newContext({
      viewport: { width: 1240, height: 760 },
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
    });
    const shots = join(CACHE, 'screenshots', line);
    mkdirSync(shots, { recursive: true });
    const opened = new PanelPage(browser, await context.newPage(), shots);
    // What is drawn is there at once; a busy machine gets some patience.
    opened.page.setDefaultTimeout(10_000);
    opened.page.setDefaultNavigationTimeout(60_000);
    await opened.#serve(context, folder);
    try {
      await opened.reload();
    } catch (error) {
      await browser.close();
      throw new Error(`the page does not start: ${opened.errors.join('\n')}`, { cause: error });
    }
    return opened;
  }

  /** Starts over with a page nobody has touched. */
  async reload(): Promise<void> {
    await this.page.goto(`${ORIGIN}/page/harness.html`);
    // Not `waitForFunction`: it evaluates text later on, which the page's policy forbids.
    await this.page.evaluate(async () => {
      await globalThis.hostReady;
    });
  }

  /** Shows a fresh panel with these frames, drawn. */
  async show(settings: ShowSettings): Promise<void> {
    await this.prepare(settings);
    await this.page.evaluate(() => globalThis.host.show());
  }

  /** The same panel gets new data. */
  async update(settings: ShowSettings): Promise<void> {
    await this.prepare(settings);
    await this.page.evaluate(() => globalThis.host.show(true));
  }

  async prepare(settings: ShowSettings): Promise<void> {
    this.#size = { width: settings.width ?? 1200, height: settings.height ?? 600 };
    // As text: ten thousand spans as a value take the test tool half a minute.
    await this.page.evaluate((text) => globalThis.host.prepare(JSON.parse(text)), JSON.stringify(settings));
  }

  /** Two frames later. */
  async paint(): Promise<void> {
    await this.page.evaluate(() => globalThis.host.paint());
  }

  /** A picture of the panel for people, kept in `.cache/screenshots`. */
  async shoot(name: string): Promise<void> {
    await this.paint();
    const { x, y } = (await this.page.locator('#root > *').first().boundingBox())!;
    await this.page.screenshot({ path: this.picture(name), clip: { x, y, ...this.#size } });
  }

  /** Where a picture of that name is kept. */
  picture(name: string): string {
    return join(this.#shots, `${name}.png`);
  }

  /** Violations of axe's rules as `rule: node`, without those of Grafana's own legend. */
  async axe(): Promise<string[]> {
    // Not as a script of the page, whose policy would refuse it.
    await this.page.evaluate(readFileSync(join(PLUGIN, 'node_modules/axe-core/axe.min.js'), 'utf8'));
    const found = await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(root: string): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await axe.run('#root');
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    });
    return found.filter((text) => !/^label-content-name-mismatch: <button[^>]*LegendLabel/.test(text));
  }

  /** What is on the clipboard. */
  copied(): Promise<string> {
    return this.page.evaluate('navigator.clipboard.readText()');
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #serve(context: BrowserContext, folder: string): Promise<void> {
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    this.page.on('pageerror', (error) => this.errors.push(String(error)));
    await context.route('**/*', async (route) => {
      const { origin, pathname } = new URL(route.request().url());
      const path = join(folder, pathname.replace(/^\/page\//, ''));
      if (origin !== ORIGIN || !existsSync(path)) {
        this.strangers.push(route.request().url());
        return route.abort();
      }
      return route.fulfill({
        path,
        contentType: TYPES[extname(path)] ?? 'application/octet-stream',
        headers: { 'content-security-policy': PANEL_POLICY },
      });
    });
  }
}
