import { counter, gauge } from '../definition.ts';
import { AUDIENCE_WINDOW, CDN, CONCURRENCY_SOURCE, CONTENT, EXCLUSION, PLATFORM_CLASS, VIEWER } from '../labels.ts';

const COUNTED = [PLATFORM_CLASS, AUDIENCE_WINDOW, ...VIEWER] as const;

/** How many are watching, and the audience numbers. */
export const AUDIENCE = [
  gauge('playpath_concurrent_sessions', 'sessions', 'Sessions being watched now.', {
    labels: [CONCURRENCY_SOURCE, ...VIEWER],
    edge: 'Swept on a timer, so a dead feed falls to zero. Peaks are never summed. Live, whoever leaves without a word is there for up to 2.5 heartbeats, or three segments, more; the named query `concurrency` knows better once sessions are over.',
    clause: 'QoE numbers: concurrent sessions',
  }),
  gauge('playpath_concurrent_viewers', 'viewers', 'Distinct viewers of the sessions being watched now.', {
    labels: VIEWER,
    edge: 'An estimate: a viewer is a device or a registered id. Live, as the sessions are.',
    clause: 'QoE numbers: concurrent viewers',
  }),
  gauge('playpath_content_concurrent_viewers', 'viewers', 'Distinct viewers of the most watched contents.', {
    labels: [CONTENT],
    edge: 'The top 200 by default, the sum of all others as `other`; a content that falls out of it has no series any more.',
    clause: 'QoE numbers: concurrent viewers',
  }),
  gauge('playpath_cdn_concurrent_sessions', 'sessions', 'Sessions being watched now, by the CDN they are on.', {
    labels: [CDN],
    edge: 'The CDN of the latest media object; a session without any yet is on none.',
    clause: 'QoE numbers: concurrent sessions',
  }),
  counter('playpath_audience_starts_total', 'events', 'Starts.', {
    labels: COUNTED,
    edge: 'Bots are out. What only logs tell is counted when its session is over, or ten minutes old.',
    clause: 'Audience numbers: start [Mediastream]',
  }),
  counter('playpath_audience_streams_total', 'events', 'Starts that were consumed: 5 s played, or 25 s delivered.', {
    labels: COUNTED,
    edge: 'Not knowable for `external_video` and `external_cached`: no series, never 0.',
    clause: 'Audience numbers: stream [Mediastream]',
  }),
  counter('playpath_audience_downloads_total', 'events', 'Downloads.', {
    labels: COUNTED,
    edge: 'At least 70,000 bytes when it comes from logs.',
    clause: 'Audience numbers: download [IAB, Mediastream]',
  }),
  counter('playpath_audience_devices_total', 'events', 'Devices that started or downloaded, once per window.', {
    labels: COUNTED,
    edge: 'An estimate: user agent and address. Each is counted once per tenant, under the labels it was seen with first.',
    clause: 'Audience numbers: device [IAB, Mediastream]',
  }),
  counter('playpath_audience_consumption_seconds_total', 'seconds', 'Time consumed.', {
    labels: COUNTED,
    edge: 'Not knowable for `external_video` and `external_cached`: no series, never 0. From logs it is time delivered.',
    clause: 'Audience numbers: consumption [Mediastream]',
  }),
  counter('playpath_audience_excluded_total', 'events', 'What the audience rules left out.', {
    labels: [EXCLUSION],
    edge: 'Requests; for players and for video, sessions. `validation`: playbacks of fewer than 70,000 bytes so far. `forgotten`: windows dropped too early.',
    clause: 'Audience numbers: valid log request [Mediastream]',
  }),
] as const;
