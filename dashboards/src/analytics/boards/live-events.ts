import type { AnalyticsBoard } from '../analytics-board.ts';

/** Live channels over time. */
export const LIVE_EVENTS_BOARD: AnalyticsBoard = {
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
      type: 'table',
      title: 'Streams of the channel',
      description:
        'Stretches in which somebody watched the channel written at the top: who, how many at once, how well.',
      width: 24,
      height: 8,
      question: { name: 'channel_streams', options: { content: '$channel' } },
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
