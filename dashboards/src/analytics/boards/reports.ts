import type { AnalyticsBoard, AnalyticsPanel } from '../analytics-board.ts';

const PERIODS = ['day', 'week', 'month'];

/** Days, weeks and months. */
export const REPORTS_BOARD: AnalyticsBoard = {
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
