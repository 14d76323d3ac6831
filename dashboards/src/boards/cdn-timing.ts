import type { BoardRow } from '../board.ts';
import { quantileOf, rateOf, ratio, totalOf } from '../expressions.ts';
import { CDN_WHERE, DELIVERY_FILTERS } from '../filters.ts';
import { ofLabel, sessionsFrom } from '../links.ts';
import { rankPanel, timePanel } from '../panels.ts';
import { STATUS_COLORS } from './colors.ts';

const toSessions = sessionsFrom(DELIVERY_FILTERS);
const edges = `${CDN_WHERE},tier="edge"`;
/** The origin is no CDN: the filter does not concern it. */
const origin = 'tier="origin"';
const from = 'from=~"$cdn"';
const left = toSessions({ cdn: ofLabel('from') });

/** Where time goes between the player and the origin. */
export const TIMING: BoardRow = {
  title: 'First byte and throughput',
  height: 8,
  panels: [
    [
      8,
      timePanel({
        title: 'First byte by tier',
        description:
          'Median at the player, the edge and the origin: three measurements, never added. Player minus edge is the network.',
        unit: 's',
        queries: [
          {
            expr: quantileOf(0.5, 'playpath_ttfb_seconds', { where: 'tier="player"' }),
            legend: 'player',
            exemplar: true,
          },
          { expr: quantileOf(0.5, 'playpath_ttfb_seconds', { where: edges }), legend: 'edge' },
          { expr: quantileOf(0.5, 'playpath_ttfb_seconds', { where: origin }), legend: 'origin' },
        ],
      }),
    ],
    [
      8,
      timePanel({
        title: 'First byte at the edge, p95',
        description: 'By CDN and cache result. Slow hits are the edge, slow misses are what is behind it.',
        unit: 's',
        levels: [0.5, 2],
        queries: [
          {
            expr: quantileOf(0.95, 'playpath_ttfb_seconds', {
              by: ['cdn', 'cache'],
              where: `${edges},cache=~"hit|miss"`,
            }),
            legend: '{{cdn}} {{cache}}',
            exemplar: true,
          },
        ],
      }),
    ],
    [
      8,
      timePanel({
        title: 'First byte at the origin',
        description: 'A page goes out when p95 is over 2 s.',
        unit: 's',
        levels: [0.5, 2],
        queries: [
          { expr: quantileOf(0.5, 'playpath_ttfb_seconds', { by: ['cdn'], where: origin }), legend: '{{cdn}} p50' },
          {
            expr: quantileOf(0.95, 'playpath_ttfb_seconds', { by: ['cdn'], where: origin }),
            legend: '{{cdn}} p95',
          },
        ],
      }),
    ],
    [
      12,
      timePanel({
        title: 'Throughput, median',
        description: 'Body bits over transfer time of bodies of 64 KiB or more, as edges measured it.',
        unit: 'bps',
        queries: [
          {
            expr: quantileOf(0.5, 'playpath_throughput_bits_per_second', { by: ['cdn'], where: edges }),
            legend: '{{cdn}}',
          },
        ],
      }),
    ],
    [
      12,
      timePanel({
        title: "Throughput, the players' estimate",
        description: 'CMCD mtp: smoothed by players, a different number than what edges measure.',
        unit: 'bps',
        queries: [
          {
            expr: quantileOf(0.5, 'playpath_player_throughput_bits_per_second', { by: ['cdn'], where: CDN_WHERE }),
            legend: '{{cdn}}',
          },
        ],
      }),
    ],
  ],
};

/** Who left which CDN, and how it went. */
export const FAILOVERS: BoardRow = {
  title: 'Failovers',
  height: 8,
  panels: [
    [
      8,
      timePanel({
        title: 'Failovers by reason',
        description: 'Sessions that left a CDN after an error, a timeout or a stall. Dots are sessions.',
        unit: 'cps',
        isStacked: true,
        queries: [
          {
            expr: rateOf('playpath_cdn_failovers_total', { by: ['from', 'to', 'reason'], where: from }),
            legend: '{{from}} → {{to}} {{reason}}',
            exemplar: true,
          },
        ],
        links: [left],
      }),
    ],
    [
      8,
      timePanel({
        title: 'Failovers that recovered',
        description: 'No fatal error within a minute of the switch. Below 95 % viewers are being lost.',
        unit: 'percentunit',
        levels: [0.99, 0.95],
        max: 1,
        queries: [{ expr: ratio('failover_recovery', { by: ['from'], where: from }), legend: 'from {{from}}' }],
      }),
    ],
    [
      8,
      timePanel({
        title: 'Duration of failovers',
        description: 'First bad sign on the old CDN to first good byte from the new one.',
        unit: 's',
        levels: [4, 15],
        queries: [
          { expr: quantileOf(0.5, 'playpath_cdn_failover_seconds', { where: from }), legend: 'p50' },
          {
            expr: quantileOf(0.95, 'playpath_cdn_failover_seconds', { where: from }),
            legend: 'p95',
            exemplar: true,
          },
        ],
      }),
    ],
    [
      12,
      rankPanel({
        title: 'Switches',
        description: 'Every move between CDNs over the whole time range, with its reason; steering is no failure.',
        unit: 'short',
        queries: [
          {
            expr: `sort_desc(${totalOf('playpath_cdn_switches_total', { by: ['from', 'to', 'reason'], where: from })} > 0)`,
            legend: '{{from}} → {{to}} {{reason}}',
          },
        ],
        links: [left],
      }),
    ],
    [
      12,
      timePanel({
        title: 'Origin requests',
        description: 'Requests per second at the origin by class of answer.',
        unit: 'reqps',
        isStacked: true,
        colors: STATUS_COLORS,
        queries: [
          {
            expr: rateOf('playpath_requests_total', { by: ['status_class'], where: origin }),
            legend: '{{status_class}}',
          },
        ],
      }),
    ],
  ],
};
