import { counter, histogram } from '../definition.ts';
import { CDN, FROM, RESULT, SILENT_KIND, SWITCH_REASON, TO } from '../labels.ts';

const FAILOVER_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60] as const;

/** Movements between CDNs, and failures nobody reported. */
export const FAILOVER = [
  counter('playpath_cdn_switches_total', 'events', 'Sessions whose media requests moved to another CDN.', {
    labels: [FROM, TO, SWITCH_REASON],
    edge: 'Every failover is also a switch.',
    clause: 'Delivery numbers: CDN switch',
  }),
  counter(
    'playpath_cdn_failovers_total',
    'events',
    'Switches after an error, timeout or stall on the CDN that was left.',
    {
      labels: [FROM, TO, SWITCH_REASON, RESULT],
      edge: 'Counted when the result is known, up to 60 s after the switch. Includes reroutes the player never noticed.',
      clause: 'Delivery numbers: CDN failover [FastPix]',
    },
  ),
  histogram(
    'playpath_cdn_failover_seconds',
    'seconds',
    FAILOVER_BUCKETS,
    'First bad sign on the old CDN to first good media byte from the new one.',
    {
      labels: [FROM, TO, RESULT],
      clause: 'Delivery numbers: CDN failover',
    },
  ),
  counter(
    'playpath_silent_failures_total',
    'events',
    'Failures seen in the logs of sessions whose player reported no error.',
    {
      labels: [CDN, SILENT_KIND],
      edge: '`slow`: a media object that took longer than its own play duration.',
      clause: 'Delivery numbers: silent failure',
    },
  ),
] as const;
