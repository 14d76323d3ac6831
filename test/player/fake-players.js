/**
 * Objects with the shape of a player, for what real players do not do on demand. Loaded into the page by
 * hook.test.ts; the element they hand over is the page's own <video>.
 */
class FakeEmitter {
  listeners = new Map();
  on(type, listener) {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  off(type, listener) {
    this.listeners.set(
      type,
      (this.listeners.get(type) ?? []).filter((one) => one !== listener),
    );
  }
  fire(type, ...payload) {
    for (const listener of this.listeners.get(type) ?? []) listener(...payload);
  }
  get listenerCount() {
    return [...this.listeners.values()].flat().length;
  }
}

class FakeHls extends FakeEmitter {
  config = {};
  media = document.getElementById('video');
  levels = [{ bitrate: 800_000, height: 360 }];
  bandwidthEstimate = 5_000_000;
  autoLevelEnabled = true;
  latency = 3.2;
  latestLevelDetails = { live: false };
  loadSource() {}
  attachMedia() {}

  /** What hls.js's XHR loader does with a set-up function; returns the URL it would have asked for. */
  async urlOf(context) {
    const xhr = new XMLHttpRequest();
    try {
      await this.config.xhrSetup?.(xhr, context.url, context);
    } catch {
      xhr.open('GET', context.url, true);
      await this.config.xhrSetup?.(xhr, context.url, context);
    }
    return context.url;
  }
}

class FakeDash extends FakeEmitter {
  interceptors = [];
  attachView() {}
  getVideoElement() {
    return document.getElementById('video');
  }
  getSettings() {
    return { streaming: { cmcd: { enabled: true, sid: null } } };
  }
  addRequestInterceptor(interceptor) {
    this.interceptors.push(interceptor);
  }
  removeRequestInterceptor(interceptor) {
    this.interceptors = this.interceptors.filter((one) => one !== interceptor);
  }
  async urlOf(url, type) {
    let request = { url, customData: { request: { type } } };
    for (const interceptor of this.interceptors) request = await interceptor(request);
    return request.url;
  }
}

class FakeShaka extends EventTarget {
  filters = new Set();
  getMediaElement() {
    return document.getElementById('video');
  }
  getNetworkingEngine() {
    return {
      registerRequestFilter: (filter) => this.filters.add(filter),
      unregisterRequestFilter: (filter) => this.filters.delete(filter),
    };
  }
  getConfiguration() {
    return { cmcd: { enabled: true, sessionId: 'shaka-session' } };
  }
  getStats() {
    return { estimatedBandwidth: 4_000_000, liveLatency: 6.5 };
  }
  getVariantTracks() {
    return [];
  }
  isLive() {
    return true;
  }
  async load() {
    throw { code: 1001, severity: 2, data: ['https://cdn.example/m.mpd?token=secret', 403] };
  }
  urisOf(type, uris) {
    const request = { uris };
    for (const filter of this.filters) filter(type, request);
    return request.uris;
  }
}

class FakeIvs extends FakeEmitter {
  addEventListener = this.on;
  removeEventListener = this.off;
  on = undefined;
  getHTMLVideoElement() {
    return document.getElementById('video');
  }
  getSessionId() {
    return 'ivs-session';
  }
  getQuality() {
    return { bitrate: 3_422_999, height: 720 };
  }
  getLiveLatency() {
    return 2.9;
  }
  isAutoplay() {
    return true;
  }
}

Object.assign(globalThis, { FakeHls, FakeDash, FakeShaka, FakeIvs });
