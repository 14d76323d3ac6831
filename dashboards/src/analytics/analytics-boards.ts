import type { AnalyticsBoard, AnalyticsPanel } from './analytics-board.ts';

const FILTERS = ['property', 'stream_type', 'country', 'device', 'platform_class'];
const AUDIENCE = ['starts', 'streams', 'consumption_seconds', 'downloads', 'devices', 'unknown_starts'];
const PERIODS = ['day', 'week', 'month'];

function by(group: string, title: string, description: string): AnalyticsPanel {
  return {
    type: 'table',
    title,
    description,
    width: 12,
    height: 9,
    question: { name: 'audience_by', options: { group, limit: '50' } },
    columns: [group, ...AUDIENCE],
  };
}

const audience: AnalyticsBoard = {
  id: 'playpath-audience',
  title: 'Audience',
  description: 'Who watches and listens, where and on what, by the exact rules of docs/audience.md.',
  from: 'now-7d',
  filters: FILTERS,
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
      columns: AUDIENCE,
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

const content: AnalyticsBoard = {
  id: 'playpath-content',
  title: 'Content',
  description: 'What is watched most, what rises and falls, and how well it plays.',
  from: 'now-7d',
  filters: FILTERS,
  texts: [{ name: 'content', label: 'Content id, for retention', value: 'title-0001' }],
  choices: [],
  panels: [
    {
      type: 'table',
      title: 'Most popular',
      description: 'Contents by starts, with their share of all starts and how long the middle viewer stayed.',
      width: 24,
      height: 10,
      question: { name: 'popularity', options: { limit: '50' } },
      columns: ['content', 'title', 'stream_type', ...AUDIENCE, 'starts_ratio', 'median_consumption_seconds'],
    },
    {
      type: 'table',
      title: 'Rising and falling',
      description: 'Starts now and in the time before of the same length, ordered by how much they changed.',
      width: 12,
      height: 10,
      question: { name: 'trends', options: { limit: '30' } },
    },
    {
      type: 'table',
      title: 'Quality by title',
      description: 'Startup time, stalls and failures of each title. Ratios are of sums.',
      width: 12,
      height: 10,
      question: { name: 'quality_by', options: { group: 'title', limit: '30' } },
      columns: ['title', 'sessions', 'startup_95_seconds', 'rebuffer_ratio', 'start_failure_ratio'],
    },
    {
      type: 'trend',
      title: 'Retention',
      description: 'Share of the sessions that watched each part of the content, and how often it was played.',
      width: 24,
      height: 9,
      question: { name: 'retention', options: { content: '$content' } },
      columns: ['begin_seconds', 'retention_ratio', 'plays_per_session'],
    },
  ],
};

const liveEvents: AnalyticsBoard = {
  id: 'playpath-live-events',
  title: 'Live events',
  description: 'Live channels: who was there, the most at once, and one channel step by step.',
  from: 'now-6h',
  filters: ['country', 'device'],
  texts: [{ name: 'channel', label: 'Channel', value: 'news-1' }],
  choices: [],
  panels: [
    {
      type: 'timeseries',
      title: 'Sessions at once',
      description: 'The most sessions at once in every step, from their begin and end. Peaks are never added up.',
      width: 24,
      height: 8,
      question: { name: 'concurrency' },
    },
    {
      type: 'table',
      title: 'Channels',
      description: 'Live channels with their viewers, hours and stalls. Watching is who is there now.',
      width: 12,
      height: 9,
      question: { name: 'channels' },
    },
    {
      type: 'table',
      title: 'Peaks',
      description: 'The most sessions at once of every content, and when that was.',
      width: 12,
      height: 9,
      question: { name: 'peaks', options: { limit: '30' } },
    },
    {
      type: 'timeseries',
      title: 'One channel',
      description: 'Sessions, viewers and arrivals of the channel that is written at the top, step by step.',
      width: 24,
      height: 9,
      question: { name: 'channel_history', options: { content: '$channel' } },
    },
  ],
};

const reports: AnalyticsBoard = {
  id: 'playpath-reports',
  title: 'Reports',
  description: 'A day, week or month beside the one before, in the time zone of the dashboard.',
  from: 'now-30d',
  filters: ['property', 'stream_type', 'country'],
  texts: [{ name: 'date', label: 'A day in it (empty: the last one that is over)', value: '' }],
  choices: [{ name: 'period', label: 'Period', values: PERIODS }],
  panels: [
    {
      type: 'table',
      title: 'The period and the one before',
      description: 'Every number of the period, the same number before, and the change between them.',
      width: 12,
      height: 11,
      question: { name: 'report', options: { period: '$period', date: '$date' } },
    },
    {
      type: 'timeseries',
      title: 'Hour by hour or day by day',
      description: 'Starts and streams within the period: a day in hours, a week or a month in days.',
      width: 12,
      height: 11,
      question: { name: 'report_steps', options: { period: '$period', date: '$date' } },
      columns: ['time', 'starts', 'streams'],
    },
    ...(['content', 'country', 'device', 'property'] as const).map(
      (group): AnalyticsPanel => ({
        type: 'table',
        title: `By ${group}`,
        description: `The period by ${group}, with the starts of the period before beside it.`,
        width: 12,
        height: 9,
        question: { name: 'report_by', options: { period: '$period', date: '$date', group, limit: '50' } },
      }),
    ),
  ],
};

const search: AnalyticsBoard = {
  id: 'playpath-session-search',
  title: 'Session search',
  description: 'Every session of the analytics store: find it, see who suffers most, open its trace.',
  from: 'now-24h',
  filters: ['country', 'device', 'cdn', 'player', 'outcome', 'verdict'],
  texts: [{ name: 'search', label: 'Search', value: '' }],
  choices: [],
  panels: [
    {
      type: 'table',
      title: 'Sessions',
      description: 'Newest first. Search finds the beginning of an id, a viewer id, or a part of a title.',
      width: 24,
      height: 12,
      question: { name: 'sessions', options: { search: '$search', limit: '200' } },
      columns: [
        'started_at',
        'title',
        'outcome',
        'verdict',
        'country',
        'device_class',
        'player',
        'cdns',
        'startup_seconds',
        'playing_seconds',
        'stalled_seconds',
        'trace_id',
      ],
    },
    {
      type: 'table',
      title: 'Who fails, by CDN',
      description: 'Sessions that failed or were hurt by any incident, of all sessions of each CDN.',
      width: 12,
      height: 8,
      question: { name: 'failures_by', options: { group: 'cdn' } },
    },
    {
      type: 'table',
      title: 'Who fails, by title',
      description: 'Sessions that failed or were hurt by any incident, of all sessions of each title.',
      width: 12,
      height: 8,
      question: { name: 'failures_by', options: { group: 'title', limit: '30' } },
    },
    {
      type: 'table',
      title: 'Incidents',
      description: 'What hurt viewers, newest first, with the cause and one sentence each.',
      width: 24,
      height: 10,
      question: { name: 'incidents', options: { limit: '200' } },
      columns: ['began_at', 'kind', 'verdict', 'sentence', 'title', 'country', 'cdn', 'pop', 'trace_id'],
    },
  ],
};

/** The dashboards on the analytics store. */
export const ANALYTICS_BOARDS: readonly AnalyticsBoard[] = [audience, content, liveEvents, reports, search];
