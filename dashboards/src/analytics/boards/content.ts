import type { AnalyticsBoard } from '../analytics-board.ts';
import { AUDIENCE_FILTERS, AUDIENCE_NUMBERS } from '../audience-numbers.ts';

/** What is watched. */
export const CONTENT_BOARD: AnalyticsBoard = {
  id: 'playpath-content',
  title: 'Content',
  description: 'What is watched most, what rises and falls, and how well it plays.',
  from: 'now-7d',
  filters: AUDIENCE_FILTERS,
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
      columns: ['content', 'title', 'stream_type', ...AUDIENCE_NUMBERS, 'starts_ratio', 'median_consumption_seconds'],
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
