import type { Board } from '../board.ts';
import { rateOf, top } from '../expressions.ts';
import { VIEWER_FILTERS, VIEWER_WHERE } from '../filters.ts';
import { ofLabel, sessionsFrom } from '../links.ts';
import { rankPanel, statPanel, timePanel } from '../panels.ts';

const toSessions = sessionsFrom(VIEWER_FILTERS);
const where = VIEWER_WHERE;
const viewers = `playpath_concurrent_viewers{${where}}`;
/** Peaks of parts are not a part of the peak: the sum comes first. */
const peak = (inner: string): string => `max_over_time((${inner})[$__range:15s])`;

/** How many are watching, what, over which CDN, where. */
export const LIVE_VIEWERS: Board = {
  id: 'playpath-live-viewers',
  title: 'Live viewers',
  description: 'Concurrent viewers and sessions by stream, CDN and country, with their peaks.',
  filters: VIEWER_FILTERS,
  hasTraces: true,
  from: 'now-3h',
  rows: [
    {
      title: 'Now',
      height: 5,
      panels: [
        [
          6,
          statPanel({
            title: 'Viewers',
            description: 'Distinct viewers now. An estimate: a viewer is a device or a registered id.',
            unit: 'short',
            queries: [{ expr: `sum(${viewers})`, legend: 'viewers' }],
          }),
        ],
        [
          6,
          statPanel({
            title: 'Peak',
            description: 'Most viewers at one moment of the time range. Peaks are never added up.',
            unit: 'short',
            queries: [{ expr: peak(`sum(${viewers})`), legend: 'viewers', isTotal: true }],
          }),
        ],
        [
          6,
          statPanel({
            title: 'Live',
            description: 'Viewers of live streams and of recordings that can be rewound.',
            unit: 'short',
            queries: [
              { expr: `sum(playpath_concurrent_viewers{${where},stream_type=~"live|dvr"})`, legend: 'viewers' },
            ],
          }),
        ],
        [
          6,
          statPanel({
            title: 'Only servers know',
            description: 'Share of the sessions being watched that no player reports.',
            unit: 'percentunit',
            levels: [0.3, 0.6],
            queries: [
              {
                expr: `sum(playpath_concurrent_sessions{${where},source="server"}) / (sum(playpath_concurrent_sessions{${where}}) > 0)`,
                legend: 'of sessions',
              },
            ],
          }),
        ],
      ],
    },
    {
      title: 'Who is watching',
      height: 9,
      panels: [
        [
          12,
          timePanel({
            title: 'Viewers by title',
            description:
              'The most watched contents; the rest is `other`. The whole fleet: titles are not split by the filters above.',
            unit: 'short',
            isStacked: true,
            queries: [
              { expr: top(15, 'sum by (content) (playpath_content_concurrent_viewers)'), legend: '{{content}}' },
            ],
            links: [toSessions({ title: ofLabel('content') })],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Sessions by CDN',
            description: 'Sessions being watched now by the CDN they are on. The whole fleet.',
            unit: 'short',
            isStacked: true,
            queries: [{ expr: 'sum by (cdn) (playpath_cdn_concurrent_sessions)', legend: '{{cdn}}' }],
            links: [toSessions({ cdn: ofLabel('cdn') })],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Viewers by country',
            description: 'Looked up before the address is cut.',
            unit: 'short',
            isStacked: true,
            queries: [{ expr: top(15, `sum by (country) (${viewers})`), legend: '{{country}}' }],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Viewers by stream type',
            description: 'Live, recordings of live that can be rewound, and on demand.',
            unit: 'short',
            isStacked: true,
            queries: [{ expr: `sum by (stream_type) (${viewers})`, legend: '{{stream_type}}' }],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Viewers by device',
            description: 'Viewers now by class of device: desktop, mobile, TV and so on.',
            unit: 'short',
            isStacked: true,
            queries: [{ expr: `sum by (device) (${viewers})`, legend: '{{device}}' }],
            links: [toSessions({ device: ofLabel('device') })],
          }),
        ],
        [
          8,
          timePanel({
            title: 'Sessions by who says so',
            description: 'Reported by players, or only seen by servers.',
            unit: 'short',
            isStacked: true,
            queries: [{ expr: `sum by (source) (playpath_concurrent_sessions{${where}})`, legend: '{{source}}' }],
          }),
        ],
        [
          8,
          timePanel({
            title: 'New sessions',
            description: 'Sessions seen for the first time, per second.',
            unit: 'cps',
            queries: [
              {
                expr: rateOf('playpath_sessions_started_total', { by: ['stream_type'], where }),
                legend: '{{stream_type}}',
              },
            ],
          }),
        ],
      ],
    },
    {
      title: 'Peaks',
      height: 8,
      panels: [
        [
          8,
          rankPanel({
            title: 'Peak by title',
            description: 'Most viewers of each title at one moment of the time range.',
            unit: 'short',
            queries: [
              {
                expr: `sort_desc(${top(15, peak('sum by (content) (playpath_content_concurrent_viewers)'))})`,
                legend: '{{content}}',
              },
            ],
            links: [toSessions({ title: ofLabel('content') })],
          }),
        ],
        [
          8,
          rankPanel({
            title: 'Peak by CDN',
            description: 'Most sessions of each CDN at one moment: what it has to bear.',
            unit: 'short',
            queries: [
              { expr: `sort_desc(${peak('sum by (cdn) (playpath_cdn_concurrent_sessions)')})`, legend: '{{cdn}}' },
            ],
            links: [toSessions({ cdn: ofLabel('cdn') })],
          }),
        ],
        [
          8,
          rankPanel({
            title: 'Peak by country',
            description: 'Most viewers of each country at one moment of the time range.',
            unit: 'short',
            queries: [{ expr: `sort_desc(${top(15, peak(`sum by (country) (${viewers})`))})`, legend: '{{country}}' }],
          }),
        ],
      ],
    },
  ],
};
