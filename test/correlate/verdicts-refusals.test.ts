import { playerEvent } from './playback-log.ts';
import { T0 } from './support.ts';
import { before, cutOff, dry, rows, storm } from './verdict-rows.ts';
import { evidenceOf, fetched, healthy, incident, stall } from './wire.ts';

rows('edge_error', [
  [
    'the CDN it fails over to is slower still, but playback stood already',
    stall(16_000, 30_000),
    evidenceOf([...before, ...storm, fetched({ at: 17_000, tookMs: 13_000, cdn: 'edge-b', bytes: 20_000 })], {
      switches: [{ from: 'edge-a', to: 'edge-b', atMs: T0 + 17_000, reason: '5xx' }],
    }),
    0.95,
  ],
  [
    'the edge answers 503 and the origin is fine',
    dry,
    evidenceOf([...before, ...storm, fetched({ at: 19_000, tookMs: 900 })]),
    0.95,
  ],
  [
    'only the player says so',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 9_000, 11_000, 15_000].map((at) => cutOff(at, { edge: null })),
      fetched({ at: 19_000, tookMs: 900 }),
    ]),
    0.5,
    0.7,
  ],
  [
    'the session fails over while it stands still: the old CDN is to blame, not the slow new one',
    dry,
    evidenceOf([...before, ...storm, fetched({ at: 17_000, tookMs: 3_000, cdn: 'edge-b', bytes: 20_000 })], {
      switches: [{ from: 'edge-a', to: 'edge-b', atMs: T0 + 17_000, reason: '5xx' }],
    }),
    0.95,
  ],
  [
    'a failover',
    incident('failover', 8_000, 16_200, {
      failover: {
        from: 'edge-a',
        to: 'edge-b',
        reason: '5xx',
        result: 'recovered',
        bitrateBeforeKbps: 2_000,
        bitrateAfterKbps: 300,
      },
    }),
    evidenceOf([...before, ...storm, fetched({ at: 16_000, tookMs: 200, cdn: 'edge-b' })]),
    0.95,
  ],
  [
    'a silent failure',
    incident('silent_failure', 8_000, 15_100, { silent: { cdn: 'edge-a', kind: '5xx' } }),
    evidenceOf([...before, ...storm, ...healthy(0, 16_000, { cdn: 'edge-b' })]),
    0.95,
  ],
  [
    'the player gives up on a manifest at once',
    incident('startup_failure', 0, 60),
    evidenceOf([fetched({ at: 10, tookMs: 20, type: 'manifest', status: 500, cache: '' })]),
    0.95,
  ],
  [
    'the player gives up on a segment that had been fine',
    incident('playback_failure', 15_100, 15_100),
    evidenceOf([...before, ...storm]),
    0.95,
  ],
]);

rows('origin_error', [
  [
    'a miss that ends in 503 came from above',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_000, 14_000].map((at) => cutOff(at, { cache: 'miss' })),
      fetched({ at: 19_000, tookMs: 900 }),
    ]),
    0.7,
    0.8,
  ],
  [
    'the origin says 500 itself',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_000, 14_000].map((at) => cutOff(at, { origin: { status: 500 } })),
      fetched({ at: 19_000, tookMs: 900 }),
    ]),
    0.95,
  ],
  [
    'the edge says the tier above said so',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_000, 14_000].map((at) => cutOff(at, { edge: { upstreamStatus: 503 } })),
      fetched({ at: 19_000, tookMs: 900 }),
    ]),
    0.9,
  ],
  [
    'the edge passed the status on',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_000, 14_000].map((at) => cutOff(at, { edge: { isGeneratedUpstream: true } })),
      fetched({ at: 19_000, tookMs: 900 }),
    ]),
    0.9,
  ],
  [
    'a gateway timeout without an origin line is likely the origin',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_000, 14_000].map((at) => cutOff(at, { status: 504 })),
      fetched({ at: 19_000, tookMs: 900 }),
    ]),
    0.5,
    0.8,
  ],
  [
    'a title without its segments',
    incident('playback_failure', 9_000, 9_000),
    evidenceOf([...before, cutOff(8_900, { status: 404 })]),
    0.7,
    0.9,
  ],
]);

rows('auth', [
  [
    'the token ran out',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_000, 14_000].map((at) => cutOff(at, { status: 403 })),
      fetched({ at: 19_000, tookMs: 900 }),
    ]),
    0.95,
  ],
  [
    'the manifest is refused',
    incident('startup_failure', 0, 60),
    evidenceOf([fetched({ at: 10, tookMs: 20, type: 'manifest', status: 401, cache: '' })]),
    0.95,
  ],
  [
    'the player says so and no line tells',
    incident('startup_failure', 0, 60),
    evidenceOf([], {
      errors: [playerEvent(60, 'error', { isFatal: true, errorCode: 'ErrorAuthorization', message: 'HTTP 403' })],
    }),
    0.75,
    0.85,
  ],
]);

rows('drm', [
  [
    'the player could not get a licence',
    incident('startup_failure', 0, 900),
    evidenceOf(before.slice(0, 1), {
      errors: [playerEvent(900, 'error', { isFatal: true, errorCode: 'keySystemLicenseRequestFailed' })],
    }),
    0.9,
  ],
  [
    'the key is refused',
    incident('startup_failure', 0, 900),
    evidenceOf([
      fetched({ at: 10, tookMs: 20, type: 'manifest' }),
      fetched({ at: 100, tookMs: 20, type: 'key', status: 403, cache: '' }),
    ]),
    0.85,
  ],
]);
