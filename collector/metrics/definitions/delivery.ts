import { counter, histogram } from '../definition.ts';
import { CACHE, CDN, CLIENT_ERROR, GENERATED_BY, OBJECT_TYPE, POP, STATUS, STATUS_CLASS, TIER } from '../labels.ts';

const TTFB_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const BITRATE_BUCKETS = [250e3, 500e3, 1e6, 2e6, 4e6, 8e6, 16e6, 32e6, 64e6, 128e6, 256e6] as const;

/** What servers say they delivered. Every number is weighted by 1 / the sample rate of its source. */
export const DELIVERY = [
  counter('playpath_requests_total', 'requests', 'HTTP requests reported by servers.', {
    labels: [CDN, TIER, POP, OBJECT_TYPE, STATUS_CLASS, CACHE],
    edge: 'One request is counted once per tier that reports it. Player reports are not counted: they are halves of the same requests.',
    clause: 'Delivery numbers: requests',
  }),
  counter('playpath_request_errors_total', 'requests', 'Requests answered with a server error (5xx).', {
    labels: [CDN, TIER, POP, OBJECT_TYPE, STATUS, GENERATED_BY],
    edge: 'Client aborts (000, 0, 499) and 4xx are not errors. An edge line carrying a status made above it says `generated_by="origin"`.',
    clause: 'Delivery numbers: errors [Mediastream]',
  }),
  counter(
    'playpath_client_errors_total',
    'requests',
    'Requests refused for a reason on the client side (4xx except 499).',
    {
      labels: [CDN, TIER, OBJECT_TYPE, CLIENT_ERROR],
      edge: '`live_edge` is a 404 on media whose CMCD says live: a player ahead of the encoder.',
      clause: 'Delivery numbers: 4xx by reason',
    },
  ),
  counter('playpath_response_bytes_total', 'bytes', 'Bytes sent to the tier below.', {
    labels: [CDN, TIER, POP, STATUS_CLASS, CACHE],
    edge: 'Body bytes where the log has them, otherwise bytes on the wire.',
    clause: 'Delivery numbers: traffic, origin offload',
  }),
  histogram(
    'playpath_ttfb_seconds',
    'seconds',
    TTFB_BUCKETS,
    'Request received (or sent, for a player) to first byte.',
    {
      labels: [CDN, TIER, OBJECT_TYPE, CACHE],
      edge: 'Three measurements told apart by `tier`: never aggregate over it. `tier="player"` takes CDN and cache result from the edge half it was joined with. Network share = player - edge.',
      clause: 'Delivery numbers: TTFB',
    },
  ),
  histogram(
    'playpath_throughput_bits_per_second',
    'bits per second',
    BITRATE_BUCKETS,
    'Body bits over the time from first to last byte.',
    {
      labels: [CDN, TIER, OBJECT_TYPE],
      edge: 'Only bodies of at least 64 KiB that took at least 50 ms: smaller ones measure buffers, not networks.',
      clause: 'Delivery numbers: throughput',
    },
  ),
  histogram(
    'playpath_player_throughput_bits_per_second',
    'bits per second',
    BITRATE_BUCKETS,
    'Throughput as the player estimates it (CMCD mtp).',
    {
      labels: [CDN],
      edge: 'A smoothed estimate, once per joined request; not comparable with playpath_throughput_bits_per_second.',
      clause: 'Delivery numbers: throughput [CTA-5004]',
    },
  ),
] as const;
