import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Beacon, beaconsOf, captures } from '../bed/beacons.ts';
import { type Bed, startBed } from '../bed/bed.ts';
import { describeWith } from '../support/describe-with.ts';
import { HookPages } from './hook-page.ts';

describeWith(['chromium', 'nginx', 'ffmpeg'], 'what the hook posts', () => {
  let bed: Bed;
  let pages: HookPages;
  beforeAll(async () => {
    bed = await startBed({ isShared: true });
    pages = new HookPages(bed);
  }, 60_000);
  afterAll(() => bed?.stop());

  test('gets its last words out of a tab that is closed', async () => {
    const tab = await pages.open('closed');
    await tab.page.evaluate('attach(video)');
    await tab.page.close({ runBeforeUnload: false });
    const beacons = await pages.received('closed', 'session_end');
    expect(beacons.at(-1)).toMatchObject({ event: 'session_end', reason: 'page_closed' });
  });

  test('posts plain text, so that no preflight is needed', () => {
    const posts = captures(bed.logs.capture, 'playpath');
    expect(new Set(posts.map(({ ct }) => ct.split(';')[0]))).toEqual(new Set(['text/plain']));
    expect(captures(bed.logs.capture, 'preflight')).toEqual([]);
  });

  test('is silent for good after an answer of 410', async () => {
    bed.answerSinkWith(410);
    const tab = await pages.open('unwanted');
    await tab.page.evaluate(`globalThis.hook = attach(video); for (let i = 0; i < 5; i++) hook.report('heartbeat');`);
    await pages.received('unwanted', 'session_start');
    await tab.page.waitForTimeout(300);
    const before = beaconsOf(bed.logs.capture, 'unwanted').length;
    await tab.page.evaluate(`for (let i = 0; i < 5; i++) hook.report('heartbeat'); hook.detach();`);
    await tab.close();
    bed.answerSinkWith(204);
    expect(beaconsOf(bed.logs.capture, 'unwanted')).toHaveLength(before);
  });

  test('keeps its queue bounded and its bodies small while the collector does not answer', async () => {
    const tab = await pages.open('bounded');
    const bodies = (await tab.page.evaluate(`(async () => {
      const bodies = [];
      globalThis.fetch = () => new Promise(() => {});
      navigator.sendBeacon = (_, body) => { bodies.push(body); return true; };
      const hook = attach(video);
      for (let i = 0; i < 300; i++) hook.report('heartbeat', { message: 'x'.repeat(500) });
      for (let i = 0; i < 2000; i++) hook.report('error', { message: 'y'.repeat(500) });
      hook.detach();
      return bodies;
    })()`)) as string[];
    const events = bodies.flatMap((body) => (JSON.parse(body) as { events: Beacon[] }).events);
    expect(events.length).toBeLessThanOrEqual(400);
    expect(events.at(-1)?.event).toBe('session_end');
    expect(Math.max(...bodies.map((body) => body.length))).toBeLessThan(64_000);
    await tab.close();
  });

  test('tries a post that met a network error once more', async () => {
    const tab = await pages.open('retried');
    const attempts = await tab.page.evaluate(`(async () => {
      const bodies = [];
      globalThis.fetch = async (_, { body }) => { bodies.push(body); throw new TypeError('offline'); };
      attach(video);
      while (bodies.length < 2) await sleep(100);
      return bodies[0] === bodies[1];
    })()`);
    expect(attempts).toBe(true);
    await tab.close();
  });

  test('keeps what was answered 503 for its next post', async () => {
    const tab = await pages.open('postponed');
    const isKept = await tab.page.evaluate(`(async () => {
      const bodies = [];
      globalThis.fetch = async (_, { body }) => {
        bodies.push(body);
        return { status: bodies.length === 1 ? 503 : 204 };
      };
      attach(video);
      while (bodies.length < 2) await sleep(100);
      const [first, second] = bodies.map((body) => JSON.parse(body).events.map((event) => event.seq));
      return first.length > 0 && first.every((seq) => second.includes(seq));
    })()`);
    expect(isKept).toBe(true);
    await tab.close();
  });

  test('never throws into the page', async () => {
    const tab = await pages.open('harmless');
    const errors: string[] = [];
    tab.page.on('pageerror', (error) => errors.push(String(error)));
    const result = await tab.page.evaluate(`(async () => {
      const hooks = [null, undefined, 7, {}, { loadSource: 1 }, { attachView: 1 }, { getNetworkingEngine: 1 }, { getHTMLVideoElement: 1 }]
        .map((target) => attach(target));
      hooks.push(Playpath.attach(video), Playpath.attach(video, {}), attach(video, { endpoint: 'no url' }));
      hooks.push(attach(video, { endpoint: 'http://127.0.0.1:9/v1/beacon' }));
      const player = new FakeShaka();
      player.getStats = () => { throw new Error('not now'); };
      hooks.push(attach(player));
      for (const hook of hooks) hook.report('heartbeat');
      video.dispatchEvent(new Event('playing'));
      await sleep(2500);
      for (const hook of hooks) hook.detach();
      return hooks.every((hook) => typeof hook.session === 'string');
    })()`);
    expect(result).toBe(true);
    expect(errors).toEqual([]);
    await tab.close();
  });
});
