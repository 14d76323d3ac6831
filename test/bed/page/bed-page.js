/**
 * The bed's page: one player plays one film, with CMCD, with the Playpath hook, with both or with neither.
 * The query string says what (see PageOptions in ../page-options.ts); `window.bed` tells the rig how it went.
 */
const options = Object.fromEntries(new URLSearchParams(location.search));
const video = document.getElementById('video');

/** What really happened, seen by the page alone: the rig compares it with what the collector says. */
const bed = { sid: options.sid, isEnded: false, mediaEvents: [], stalls: [], isStanding: false, errors: [] };
window.bed = bed;

const now = () => performance.timeOrigin + performance.now();
for (const type of ['play', 'playing', 'waiting', 'pause', 'seeking', 'seeked', 'ended', 'error']) {
  video.addEventListener(type, () => {
    bed.mediaEvents.push({ type, ts: now(), playheadMs: Math.round(video.currentTime * 1000) });
    if (type === 'ended') bed.isEnded = true;
  });
}

/**
 * Stalls as a viewer sees them: the playhead stands for lack of data though it should move. Player-independent, because
 * Shaka stops playback by itself (rate 0) before the element has anything to say. A machine too busy to draw frames
 * makes the playhead stand as well, but with data at hand. A seek is over with the first movement after it.
 */
const SAMPLE_MS = 25;
const SHORTEST_STALL_MS = 250;
let lastPlayhead = 0;
let lastMoveMs = 0;
let isWatched = false;
let isStarved = false;
setInterval(() => {
  const { currentTime, paused, seeking, ended, readyState, playbackRate } = video;
  const hasMoved = currentTime !== lastPlayhead;
  lastPlayhead = currentTime;
  if (paused || seeking || ended) isWatched = false;
  if (readyState < HTMLMediaElement.HAVE_FUTURE_DATA || playbackRate === 0) isStarved = true;
  const isStall = isWatched && isStarved && now() - lastMoveMs >= SHORTEST_STALL_MS;
  bed.isStanding = isStall && !hasMoved;
  if (!hasMoved) return;
  if (isStall) bed.stalls.push({ beginMs: lastMoveMs, endMs: now() });
  isWatched = !paused && !seeking;
  isStarved = false;
  lastMoveMs = now();
}, SAMPLE_MS);

// dash.js sends a key only when it is named here: without this list its events lack even `sid`.
const EVENT_KEYS =
  'ab bg bl br bs bsd cid d dl dfa ec lab lb ltc msd mtp nor ot pb pr pt rc rtp sf sid sn st sta su tab tb tpb ts ttfb ttlb url v e'.split(
    ' ',
  );
const EVENTS = ['ps', 'bc', 'e', 't', 'rr', 'pr', 'b', 'm', 'um', 'c'];
const bufferSeconds = Number(options.bufferSeconds);
const cmcdVersion = Number(options.cmcd);
const isInHeaders = options.cmcdMode === 'headers';
const eventTarget = {
  url: `${options.ingest}/v1/cmcd`,
  events: EVENTS,
  interval: 10,
  batchSize: Number(options.batch),
};
const hasEvents = cmcdVersion === 2;

const PLAYERS = {
  async hls() {
    await script('/hls.js');
    const hls = new Hls({
      maxBufferLength: bufferSeconds,
      maxMaxBufferLength: bufferSeconds,
      ...(options.retries === 'one' && { fragLoadPolicy: { default: ONE_RETRY } }),
      ...(cmcdVersion && {
        cmcd: {
          version: cmcdVersion,
          sessionId: options.sid,
          contentId: options.content,
          useHeaders: isInHeaders,
          ...(hasEvents && { eventTargets: [eventTarget] }),
        },
      }),
    });
    hls.on(Hls.Events.ERROR, (_, data) => bed.errors.push({ ts: now(), code: data.details, fatal: data.fatal }));
    await observe(hls);
    hls.on(Hls.Events.MANIFEST_PARSED, () => play());
    hls.loadSource(options.src);
    hls.attachMedia(video);
    return { player: hls, destroy: () => hls.destroy() };
  },

  async dash() {
    await script('/dash.js');
    const player = dashjs.MediaPlayer().create();
    player.updateSettings({
      debug: { logLevel: 0 },
      streaming: {
        buffer: {
          bufferTimeDefault: bufferSeconds,
          bufferTimeAtTopQuality: bufferSeconds,
          bufferTimeAtTopQualityLongForm: bufferSeconds,
        },
        cmcd: {
          enabled: cmcdVersion > 0,
          ...(cmcdVersion && {
            version: cmcdVersion,
            sid: options.sid,
            cid: options.content,
            mode: isInHeaders ? 'header' : 'query',
            includeInRequests: ['segment', 'mpd', 'steering'],
            ...(hasEvents && { eventTargets: [{ ...eventTarget, enabled: true, enabledKeys: EVENT_KEYS }] }),
          }),
        },
      },
    });
    player.on(dashjs.MediaPlayer.events.ERROR, (event) => bed.errors.push({ ts: now(), code: event.error?.code }));
    await observe(player);
    player.initialize(video, options.src, true);
    return { player, destroy: () => player.destroy() };
  },

  async shaka() {
    await script('/shaka.js');
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    player.configure({
      streaming: { bufferingGoal: bufferSeconds, rebufferingGoal: 2 },
      cmcd: {
        enabled: cmcdVersion > 0,
        ...(cmcdVersion && {
          version: cmcdVersion,
          sessionId: options.sid,
          contentId: options.content,
          useHeaders: isInHeaders,
          ...(hasEvents && { eventTargets: [{ ...eventTarget, enabled: true }] }),
        }),
      },
    });
    player.addEventListener('error', (event) => bed.errors.push({ ts: now(), code: event.detail?.code }));
    await player.attach(video);
    await observe(player);
    await player.load(options.src);
    play();
    return { player, destroy: () => player.destroy() };
  },

  /** Only the hook, for tests that bring a player of their own. */
  async none() {
    await script(options.hookUrl);
    return {};
  },

  async native() {
    await observe(video);
    video.src = options.src;
    play();
    return { player: video, destroy: () => video.removeAttribute('src') };
  },
};

const NO_WAIT = { maxNumRetry: 1, retryDelayMs: 500, maxRetryDelayMs: 1000 };
const ONE_RETRY = { maxTimeToFirstByteMs: 8000, maxLoadTimeMs: 20000, timeoutRetry: NO_WAIT, errorRetry: NO_WAIT };

/** The hook, attached the way docs/connect tells people to: before the source is loaded. */
async function observe(target) {
  if (!options.hookUrl) return;
  await script(options.hookUrl);
  bed.hook = window.Playpath.attach(target, {
    endpoint: `${options.ingest}/v1/beacon`,
    content: options.content,
    title: 'The bed film',
    property: 'bed',
    streamType: 'vod',
    heartbeatSeconds: 5,
    ...(options.hookSession && { session: options.hookSession }),
    ridHosts: options.ridHosts ? options.ridHosts.split(',') : [],
  });
}

function play() {
  video.play().catch((error) => bed.errors.push({ ts: now(), code: String(error) }));
}

function script(src) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = src;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`cannot load ${src}`));
    document.head.append(element);
  });
}

PLAYERS[options.player]().then(
  (running) => Object.assign(bed, running),
  (error) => bed.errors.push({ ts: now(), code: String(error?.code ?? error) }),
);
