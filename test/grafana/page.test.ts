import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OtlpJsonRequest } from '../../collector/exporters/otlp-json.ts';
import { buildPage } from '../../page/build/page-build.ts';
import { CACHE, PLUGIN } from '../../page/build/plugin-build.ts';
import { keyValues } from '../../page/frames/otlp-value.ts';
import { type CollectorProcess, startDemo } from '../support/collector-process.ts';
import { requireSystem, systemCommand } from '../support/system-packages.ts';
import { CHROMIUM_FLAGS } from './panel-page.ts';

/** What a person without Grafana sees after `npm ci && npm start`: from the start of the process to the verdict. */

const INSTALL_MS = 900_000;
const PICTURES = join(CACHE, 'screenshots/page');

describe.skipIf(requireSystem('chromium') !== '')('the page of the collector', { timeout: 180_000 }, () => {
  let collector: CollectorProcess;
  let browser: Browser;
  let page: Page;
  const strangers: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    // Installed and built beforehand, the collector's own build of it takes a moment.
    await buildPage();
    mkdirSync(PICTURES, { recursive: true });
    collector = await startDemo({
      PLAYPATH_INGEST_PORT: '0',
      PLAYPATH_METRICS_PORT: '0',
      PLAYPATH_API_PORT: '0',
      PLAYPATH_API_PAGE: 'true',
    });
    browser = await chromium.launch({ executablePath: systemCommand('chromium'), args: CHROMIUM_FLAGS });
    page = await browser.newPage({ viewport: { width: 1500, height: 900 }, colorScheme: 'dark', timezoneId: 'UTC' });
    page.setDefaultTimeout(60_000);
    page.on('request', (request) => {
      if (!request.url().startsWith(collector.apiUrl) && !request.url().startsWith('data:')) {
        strangers.push(request.url());
      }
    });
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('response', (answer) => answer.status() >= 400 && errors.push(`${answer.status()} ${answer.url()}`));
    page.on('pageerror', (error) => errors.push(String(error)));
  }, INSTALL_MS);
  afterAll(async () => {
    await browser?.close();
    await collector?.stop();
  });

  test('the plain page answers at once and gives way to the other', async () => {
    const first = await (await fetch(collector.apiUrl)).text();
    expect(first).toMatch(/being built|id="root"/);
    for (;;) {
      const response = await page.goto(collector.apiUrl);
      if ((await page.locator('#root').count()) === 1) {
        expect(response?.headers()['content-security-policy']).toMatch(/script-src 'self'; /);
        return;
      }
      await pause(500);
    }
  });

  test('the fleet of this moment, and sessions, those with incidents first', async () => {
    const watching = page.getByLabel('Fleet now').locator('dd').first();
    await expect.poll(async () => Number(await watching.textContent()), { timeout: 60_000 }).toBeGreaterThan(0);
    const items = page.getByRole('region', { name: 'Sessions' }).getByRole('listitem');
    await expect.poll(() => items.count(), { timeout: 60_000 }).toBeGreaterThan(3);
    await page.getByLabel('Incidents').selectOption('true');
    await expect.poll(() => items.count(), { timeout: 120_000 }).toBeGreaterThan(0);
    await expect.poll(() => items.filter({ hasText: 'no incident' }).count()).toBe(0);
    await page.screenshot({ path: join(PICTURES, 'sessions.png') });
    expect(await axe()).toEqual([]);
  });

  test('find the failing session, open it, read the verdict', async () => {
    const { traceId, sentence } = await explainedSession(collector.apiUrl);
    await page.getByLabel('Search sessions').fill(traceId);
    const item = page.getByRole('region', { name: 'Sessions' }).getByRole('listitem');
    await expect.poll(() => item.count(), { timeout: 60_000 }).toBe(1);
    await item.getByRole('link').click();
    const session = page.getByTestId('playpath session');
    await expect.poll(() => session.textContent(), { timeout: 60_000 }).toContain(sentence);
    expect(await page.getByTestId('playpath headline').textContent()).toMatch(/\w+ \d+% /);
    expect(page.url()).toContain(traceId);
    await page.screenshot({ path: join(PICTURES, 'session.png') });
    expect(await axe()).toEqual([]);
  });

  test('compare it with another, and go back', async () => {
    await page.getByRole('button', { name: 'show all' }).click();
    await page
      .getByRole('button', { name: /^Compare with/ })
      .first()
      .click();
    await expect.poll(() => page.getByTestId('playpath session').count(), { timeout: 60_000 }).toBe(2);
    await page.screenshot({ path: join(PICTURES, 'compare.png') });
    await page.goBack();
    await expect.poll(() => page.getByTestId('playpath session').count(), { timeout: 60_000 }).toBe(1);
    await page.getByRole('button', { name: 'close' }).click();
    await expect.poll(() => page.getByTestId('playpath session').count()).toBe(0);
  });

  test('nothing was asked of anybody else, and nothing went wrong', () => {
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
  });

  async function axe(): Promise<string[]> {
    await page.evaluate(readFileSync(join(PLUGIN, 'node_modules/axe-core/axe.min.js'), 'utf8'));
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    });
    return found.filter((text) => !/^label-content-name-mismatch: <button[^>]*LegendLabel/.test(text));
  }
});

/** The session with most to see among those whose trace already says in a sentence what went wrong. */
async function explainedSession(apiUrl: string): Promise<{ readonly traceId: string; readonly sentence: string }> {
  type Found = { readonly sessions: readonly { readonly traceId: string; readonly incidents: readonly unknown[] }[] };
  for (;;) {
    const { sessions } = (await (await fetch(`${apiUrl}/api/sessions?incidents=true&limit=200`)).json()) as Found;
    const explained: { traceId: string; sentence: string; spans: number }[] = [];
    for (const { traceId } of sessions) {
      const response = await fetch(`${apiUrl}/api/traces/${traceId}`);
      if (!response.ok) continue;
      const { resourceSpans } = (await response.json()) as OtlpJsonRequest;
      const all = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
      for (const span of all) {
        const about = new Map(keyValues(span.attributes).map(({ key, value }) => [key, String(value)]));
        const sentence = about.get('playpath.verdict.sentence') ?? '';
        if (sentence !== '' && about.get('playpath.verdict') !== 'unknown') {
          explained.push({ traceId, sentence, spans: all.length });
        }
      }
    }
    const [best] = explained.toSorted((a, b) => b.spans - a.spans);
    // Incidents are told at once; the requests around them are written when nobody can add to them any more.
    if (best !== undefined && best.spans >= 30) return best;
    await pause(500);
  }
}
