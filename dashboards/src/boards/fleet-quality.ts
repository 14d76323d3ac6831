import type { BoardRow } from '../board.ts';
import { quantileOf, rateOf, ratio } from '../expressions.ts';
import { VIEWER_WHERE as where } from '../filters.ts';
import { timePanel } from '../panels.ts';

/** How well it plays, beyond whether it plays. */
export const QUALITY: BoardRow = {
  title: 'Quality',
  height: 8,
  panels: [
    [
      6,
      timePanel({
        title: 'Stalls per hour of playing',
        description: 'Interruptions of at least 250 ms. Below one is good.',
        unit: 'short',
        levels: [1, 6],
        queries: [
          { expr: ratio('stalls', { where }), legend: 'stalls per hour' },
          { expr: rateOf('playpath_flagged_stalls_total', { where }), legend: 'flagged by CMCD v1, per second' },
        ],
      }),
    ],
    [
      6,
      timePanel({
        title: 'Average bitrate',
        description: 'Rendition bitrate weighted by the media time rendered in it.',
        unit: 'bps',
        queries: [{ expr: ratio('average_bitrate', { by: ['device'], where }), legend: '{{device}}' }],
      }),
    ],
    [
      6,
      timePanel({
        title: 'Rendition switches',
        description: 'Changes after the first rendition. More down than up: throughput is falling.',
        unit: 'cps',
        queries: [
          {
            expr: rateOf('playpath_rendition_switches_total', { by: ['direction'], where }),
            legend: '{{direction}}',
          },
        ],
      }),
    ],
    [
      6,
      timePanel({
        title: 'Exits before start',
        description: 'Viewers who left before the first frame; those who left within a second are left out.',
        unit: 'percentunit',
        levels: [0.05, 0.15],
        queries: [{ expr: ratio('exit_before_start', { where }), legend: 'of attempts' }],
      }),
    ],
    [
      6,
      timePanel({
        title: 'Dropped frames',
        description: 'Of the frames decoded while playing and visible. Above 1 % motion is not smooth.',
        unit: 'percentunit',
        levels: [0.01, 0.05],
        queries: [{ expr: ratio('dropped_frame', { by: ['device'], where }), legend: '{{device}}' }],
      }),
    ],
    [
      6,
      timePanel({
        title: 'Live latency',
        description: 'Wall clock minus programme time at the playhead, only while playing live.',
        unit: 's',
        queries: [
          { expr: quantileOf(0.5, 'playpath_live_latency_seconds', { where }), legend: 'p50' },
          { expr: quantileOf(0.95, 'playpath_live_latency_seconds', { where }), legend: 'p95', exemplar: true },
        ],
      }),
    ],
    [
      6,
      timePanel({
        title: 'Seek latency',
        description: 'Seek start to the first frame at the target.',
        unit: 's',
        queries: [
          { expr: quantileOf(0.5, 'playpath_seek_seconds', { where }), legend: 'p50' },
          { expr: quantileOf(0.95, 'playpath_seek_seconds', { where }), legend: 'p95', exemplar: true },
        ],
      }),
    ],
    [
      6,
      timePanel({
        title: 'Player errors',
        description: 'Errors that players reported; fatal ones decide an outcome, the others are warnings.',
        unit: 'cps',
        queries: [
          {
            expr: rateOf('playpath_playback_errors_total', { by: ['class', 'fatal'], where }),
            legend: '{{class}}, fatal {{fatal}}',
            exemplar: true,
          },
        ],
      }),
    ],
    [
      8,
      timePanel({
        title: 'Start failures by class',
        description:
          'technical: errors, what the promise is about. business: refused for rights, geography or payment.',
        unit: 'percentunit',
        levels: [0.005, 0.03],
        queries: [
          { expr: ratio('start_failure', { where }), legend: 'technical' },
          { expr: ratio('start_refusal', { where }), legend: 'business' },
        ],
      }),
    ],
    [
      8,
      timePanel({
        title: 'Delay of rendition switches',
        description: 'From asking for another rendition to seeing it. As long as the buffer that was there is usual.',
        unit: 's',
        queries: [
          {
            expr: quantileOf(0.5, 'playpath_rendition_switch_seconds', { by: ['direction'], where }),
            legend: '{{direction}} p50',
          },
          {
            expr: quantileOf(0.95, 'playpath_rendition_switch_seconds', { by: ['direction'], where }),
            legend: '{{direction}} p95',
            exemplar: true,
          },
        ],
      }),
    ],
    [
      8,
      timePanel({
        title: 'Viewer experience score',
        description:
          'Mean of the sessions that ended, 0 to 100, of startup, stalls, bitrate and success. For reports: nobody is paged by it.',
        unit: 'none',
        max: 100,
        queries: [{ expr: ratio('experience_score', { by: ['device', 'version'], where }), legend: '{{device}}' }],
      }),
    ],
  ],
};
