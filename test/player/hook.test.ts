import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bed, startBed } from '../bed/bed.ts';
import { describeWith } from '../support/describe-with.ts';
import { HookPages } from './hook-page.ts';

describeWith(['chromium', 'nginx', 'ffmpeg'], 'the hook in a page', () => {
  let bed: Bed;
  let pages: HookPages;
  beforeAll(async () => {
    bed = await startBed({ isShared: true });
    pages = new HookPages(bed);
  }, 60_000);
  afterAll(() => bed?.stop());

  const rid = (url: string) => new RegExp(`^${url.replaceAll(/[.?*+()|[\]\\]/g, '\\$&')}[?&]rid=[0-9a-f]{16}$`);

  test('marks playlists and fragments of hls.js on allowed hosts and nothing else', async () => {
    const tab = await pages.open('hls-marks');
    const urls = await tab.page.evaluate(`(async () => {
      const hls = new FakeHls();
      const seen = [];
      hls.config.xhrSetup = (xhr, url) => { seen.push(url); };
      attach(hls);
      const url = (type, url, extra) => hls.urlOf({ type, url, ...extra });
      return {
        manifest: await url('manifest', 'https://cdn.example/a.m3u8'),
        level: await url('level', 'https://other.example:8443/a.m3u8?token=a%2Fb+c'),
        fragment: await url('media-fragment', 'https://cdn.example/1.m4s?CMCD=sid%3D%22x%22', { frag: {} }),
        oldFragment: await url(undefined, 'https://cdn.example/1.m4s', { frag: {} }),
        retried: await url('media-fragment', 'https://cdn.example/1.m4s?rid=0123456789abcdef', { frag: {} }),
        key: await url('key', 'https://cdn.example/key', { frag: {}, keyInfo: {} }),
        oldKey: await url(undefined, 'https://cdn.example/key', { frag: {}, keyInfo: {} }),
        steering: await url('steering-manifest', 'https://cdn.example/steering.json'),
        certificate: await url('server-certificate', 'https://cdn.example/cert'),
        elsewhere: await url('media-fragment', 'https://third.example/1.m4s', { frag: {} }),
        otherPort: await url('media-fragment', 'https://other.example/1.m4s', { frag: {} }),
        seen: seen.length,
      };
    })()`);
    expect(urls).toEqual({
      manifest: expect.stringMatching(rid('https://cdn.example/a.m3u8')),
      level: expect.stringMatching(rid('https://other.example:8443/a.m3u8?token=a%2Fb+c')),
      fragment: expect.stringMatching(rid('https://cdn.example/1.m4s?CMCD=sid%3D%22x%22')),
      oldFragment: expect.stringMatching(rid('https://cdn.example/1.m4s')),
      retried: expect.stringMatching(rid('https://cdn.example/1.m4s')),
      key: 'https://cdn.example/key',
      oldKey: 'https://cdn.example/key',
      steering: 'https://cdn.example/steering.json',
      certificate: 'https://cdn.example/cert',
      elsewhere: 'https://third.example/1.m4s',
      otherPort: 'https://other.example/1.m4s',
      seen: 11,
    });
    expect((urls as { retried: string }).retried).not.toContain('0123456789abcdef');
    await tab.close();
  });

  test('keeps one key when the page’s own xhrSetup throws and hls.js calls it again', async () => {
    const tab = await pages.open('hls-throws');
    const urls = await tab.page.evaluate(`(async () => {
      const hls = new FakeHls();
      const seen = [];
      hls.config.xhrSetup = (xhr, url) => { seen.push(url); xhr.setRequestHeader('x-page', '1'); };
      attach(hls);
      return { asked: await hls.urlOf({ type: 'manifest', url: 'https://cdn.example/a.m3u8' }), seen };
    })()`);
    const { asked, seen } = urls as { asked: string; seen: string[] };
    expect(seen).toEqual([asked, asked]);
    await tab.close();
  });

  test('marks manifests and segments of dash.js, never licences, time or steering', async () => {
    const tab = await pages.open('dash-marks');
    const marked = await tab.page.evaluate(`(async () => {
      const dash = new FakeDash();
      attach(dash);
      const types = ['MPD', 'MediaSegment', 'InitializationSegment', 'IndexSegment', 'license', 'ContentSteering', 'other', 'XLinkExpansion'];
      const urls = await Promise.all(types.map((type) => dash.urlOf('https://cdn.example/x', type)));
      return types.filter((_, i) => urls[i].includes('rid='));
    })()`);
    expect(marked).toEqual(['MPD', 'MediaSegment', 'InitializationSegment', 'IndexSegment']);
    await tab.close();
  });

  test('marks manifests and segments of Shaka on allowed hosts, never licences, keys or steering', async () => {
    const tab = await pages.open('shaka-marks');
    const marked = await tab.page.evaluate(`(async () => {
      const player = new FakeShaka();
      attach(player);
      const types = Array.from({ length: 14 }, (_, type) => type);
      return {
        types: types.filter((type) => player.urisOf(type, ['https://cdn.example/x'])[0].includes('rid=')),
        uris: player.urisOf(1, ['https://cdn.example/x', 'https://third.example/x']),
      };
    })()`);
    expect(marked).toEqual({
      types: [0, 1],
      uris: [expect.stringMatching(rid('https://cdn.example/x')), 'https://third.example/x'],
    });
    await tab.close();
  });

  test('leaves the player as it was found', async () => {
    const tab = await pages.open('leaves');
    const left = await tab.page.evaluate(`(async () => {
      const hls = new FakeHls();
      const xhrSetup = () => {};
      hls.config.xhrSetup = xhrSetup;
      const dash = new FakeDash();
      const player = new FakeShaka();
      const load = player.load;
      const hooks = [hls, dash, player].map((target) => attach(target));
      const during = [hls.listenerCount, dash.interceptors.length, player.filters.size].every((count) => count > 0);
      for (const hook of hooks) { hook.detach(); hook.detach(); }
      return [during, hls.config.xhrSetup === xhrSetup, hls.listenerCount, dash.listenerCount, dash.interceptors.length, player.filters.size, player.load === load];
    })()`);
    expect(left).toEqual([true, true, 0, 0, 0, 0, true]);
    await tab.close();
  });

  test('sends no query of a media URL but the join keys', async () => {
    const beacons = await pages.beaconsFrom(
      'secrets',
      `const hook = attach(new FakeHls());
       await fetch('${bed.edgeA}/secrets/hls/v0/seg_001.m4s?token=geheim&CMCD=sn%3D7%2Cv%3D2&rid=0011223344556677#part');
       await fetch('${bed.edgeA}/secrets/api.json?token=geheim').catch(() => {});
       await sleep(300);
       hook.detach();`,
    );
    const urls = beacons.filter(({ event }) => event === 'request').map(({ url }) => url);
    expect(urls).toEqual([`${bed.edgeA}/secrets/hls/v0/seg_001.m4s?CMCD=sn%3D7%2Cv%3D2&rid=0011223344556677`]);
    expect(JSON.stringify(beacons)).not.toContain('geheim');
  });

  test('takes the session id from the CMCD of the first requests when the player keeps it to itself', async () => {
    const beacons = await pages.beaconsFrom(
      'adopts',
      `const hook = attach(new FakeDash());
       await fetch('${bed.edgeA}/adopts/hls/v0/seg_001.m4s?CMCD=' + encodeURIComponent('sid="the-players-own",sn=1'));
       await sleep(300);
       hook.detach();`,
    );
    expect(new Set(beacons.map(({ session }) => session))).toEqual(new Set(['the-players-own']));
  });

  test('does not report the requests of another player on the page', async () => {
    const beacons = await pages.beaconsFrom(
      'two-players',
      `const first = attach(new FakeHls(), { session: 'first' });
       const second = attach(new FakeHls(), { session: 'second' });
       await fetch('${bed.edgeA}/two-players/hls/v0/seg_001.m4s?CMCD=' + encodeURIComponent('sid="second",sn=1'));
       await sleep(300);
       second.detach(); first.detach();`,
    );
    const requests = beacons.filter(({ event }) => event === 'request');
    expect(requests.map(({ session }) => session)).toEqual(['second']);
  });

  test('reports what the player says failed, once, also where Resource Timing shows nothing', async () => {
    const beacons = await pages.beaconsFrom(
      'failures',
      `const hls = new FakeHls();
       const hook = attach(hls);
       const error = (details, url, code) => hls.fire('hlsError', 'hlsError', { details, fatal: false, frag: { url }, response: { code } });
       error('fragLoadTimeOut', '${bed.edgeA}/failures/hls/v0/seg_009.m4s?token=geheim', 0);
       await fetch('${bed.edgeA}/failures/hls/v0/seg_999.m4s');
       error('fragLoadError', '${bed.edgeA}/failures/hls/v0/seg_999.m4s', 404);
       error('bufferStalledError', undefined, 0);
       await sleep(300);
       hook.detach();`,
    );
    const requests = beacons
      .filter(({ event }) => event === 'request')
      .map(({ url, status, error }) => ({ url, status, error }));
    expect(requests).toHaveLength(2);
    expect(requests).toContainEqual({ url: `${bed.edgeA}/failures/hls/v0/seg_009.m4s`, error: 'timeout' });
    expect(requests).toContainEqual({ url: `${bed.edgeA}/failures/hls/v0/seg_999.m4s`, status: 404 });
    expect(beacons.filter(({ event }) => event === 'error').map(({ code }) => code)).toEqual([
      'fragLoadTimeOut',
      'fragLoadError',
    ]);
  });

  test('sees a failed load() of Shaka, which dispatches no event, and calls a refusal business', async () => {
    const beacons = await pages.beaconsFrom(
      'shaka-load',
      `const player = new FakeShaka();
       const hook = attach(player);
       await player.load('https://cdn.example/m.mpd').catch(() => {});
       hook.detach();`,
      'error',
    );
    expect(beacons.find(({ event }) => event === 'error')).toMatchObject({
      session: 'shaka-session',
      code: '1001',
      fatal: true,
      class: 'business',
      url: 'https://cdn.example/m.mpd',
    });
    expect(JSON.stringify(beacons)).not.toContain('secret');
    expect(beacons.map(({ event }) => event)).not.toContain('session_end');
  });

  test.each([
    ['hls-live', 'const p = new FakeHls(); p.latestLevelDetails.live = true; return p;', 3200],
    ['hls-vod', 'return new FakeHls();', undefined],
    ['shaka-live', 'return new FakeShaka();', 6500],
  ])('measures live latency of %s', async (content, make, latencyMs) => {
    const beacons = await pages.beaconsFrom(
      content,
      `const hook = attach((() => { ${make} })()); hook.report('heartbeat'); hook.detach();`,
    );
    expect(beacons.find(({ event }) => event === 'heartbeat')?.liveLatencyMs).toBe(latencyMs);
  });

  test('follows a player of the shape of Amazon IVS', async () => {
    const beacons = await pages.beaconsFrom(
      'ivs-shape',
      `const ivs = new FakeIvs();
       const hook = attach(ivs);
       ivs.fire('PlayerQualityChanged', { bitrate: 1_400_000, height: 480 });
       ivs.fire('PlayerError', { type: 'ErrorNotAvailable', code: 404, source: 'MasterPlaylist', message: 'gone' });
       hook.detach();`,
      'error',
    );
    expect(beacons[0]).toMatchObject({ session: 'ivs-session', player: 'ivs' });
    expect(beacons.find(({ event }) => event === 'play')).toMatchObject({ reason: 'autoplay' });
    expect(beacons.find(({ event }) => event === 'rendition_switch')).toMatchObject({ bitrateKbps: 1400, height: 480 });
    expect(beacons.find(({ event }) => event === 'error')).toMatchObject({ code: 'ErrorNotAvailable', fatal: true });
  });

  test('sends what the page reports, and stops the startup clock during an ad', async () => {
    const beacons = await pages.beaconsFrom(
      'advertised',
      `const hook = attach(video);
       video.src = '${bed.edgeA}/advertised/film.mp4';
       hook.report('ad_start');
       await video.play();
       hook.detach();`,
    );
    expect(beacons.map(({ event }) => event)).toContain('ad_start');
    expect(Number(beacons.find(({ event }) => event === 'playback_start')?.startupMs)).toBeLessThan(50);
  });

  test('starts a new session when the film is played again', async () => {
    const beacons = await pages.beaconsFrom(
      'replayed',
      `const hook = attach(video);
       video.src = '${bed.edgeA}/replayed/film.mp4';
       await video.play();
       video.currentTime = 29.5;
       await new Promise((resolve) => video.addEventListener('ended', resolve));
       await video.play();
       await sleep(200);
       hook.detach();`,
    );
    const sessions = [...new Set(beacons.map(({ session }) => session))];
    expect(sessions).toHaveLength(2);
    for (const session of sessions) {
      const events = beacons.filter((beacon) => beacon.session === session).map(({ event }) => event);
      expect(events).toEqual(expect.arrayContaining(['session_start', 'play', 'playback_start']));
      expect(events.at(-1)).toBe(session === sessions[0] ? 'content_end' : 'session_end');
    }
  });

  test('tells when the page is hidden and shown', async () => {
    const beacons = await pages.beaconsFrom(
      'hidden',
      `const hook = attach(video);
       for (const isHidden of [true, false]) {
         Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
         document.dispatchEvent(new Event('visibilitychange'));
       }
       hook.detach();`,
    );
    expect(beacons.filter(({ event }) => event === 'visibility').map(({ hidden }) => hidden)).toEqual([true, false]);
  });
});
