import type { AnalyticsBoard, AnalyticsPanel } from '../analytics-board.ts';
import { AUDIENCE_FILTERS, AUDIENCE_NUMBERS } from '../audience-numbers.ts';

function by(group: string, title: string, description: string): AnalyticsPanel {
  return {
    type: 'table',
    title,
    description,
    width: 12,
    height: 9,
    question: { name: 'audience_by', options: { group, limit: '50' } },
    columns: [group, ...AUDIENCE_NUMBERS],
  };
}

/** Who watches and listens. */
export const AUDIENCE_BOARD: AnalyticsBoard = {
  id: 'playpath-audience',
  title: 'Audience',
  description: 'Who watches and listens, where and on what, by the exact rules of docs/audience.md.',
  from: 'now-7d',
  filters: AUDIENCE_FILTERS,
  texts: [],
  choices: [],
  panels: [
    {
      type: 'stat',
      title: 'The whole time',
      description: 'Starts, streams, time, downloads and devices. Unknown starts are those nobody can follow further.',
      width: 24,
      height: 4,
      question: { name: 'totals' },
      columns: AUDIENCE_NUMBERS,
    },
    {
      type: 'timeseries',
      title: 'Starts and streams',
      description: 'A stream is a start that lasted: 5 s played, or 25 s delivered where only logs tell.',
      width: 12,
      height: 8,
      question: { name: 'audience' },
      columns: ['time', 'starts', 'streams', 'downloads'],
    },
    {
      type: 'timeseries',
      title: 'Devices',
      description: 'Devices of a step. They do not add up: one device may be in several steps.',
      width: 12,
      height: 8,
      question: { name: 'audience' },
      columns: ['time', 'devices'],
    },
    by('country', 'Countries', 'Where the network address of the viewer is at home.'),
    by(
      'region',
      'Parts of the country',
      'Of the countries chosen at the top: states and provinces, where the log or a database says.',
    ),
    by('referrer', 'Referrers', 'Hosts of the pages that were watched on; the path of a page is never kept.'),
    by('device', 'Devices', 'Classes of devices, by the user agent.'),
    by('software', 'Browsers and apps', 'What asked for the media, by the user agent.'),
    by('property', 'Properties', 'Sites and apps, as the player names them; others is what names none.'),
    by('platform_class', 'Platform classes', 'How much a kind of player lets us know decides what is counted of it.'),
    {
      type: 'timeseries',
      title: 'Sessions that players never report',
      description: 'Share of sessions that only logs know: blocked scripts, old apps, foreign players.',
      width: 12,
      height: 9,
      question: { name: 'blind' },
      columns: ['time', 'blind_ratio'],
    },
    {
      type: 'table',
      title: 'Left out',
      description: 'What the audience rules leave out, and why. The last reason of each session counts.',
      width: 24,
      height: 6,
      question: { name: 'excluded' },
    },
  ],
};
