import type { AnalyticsBoard } from './analytics-board.ts';
import { AUDIENCE_BOARD } from './boards/audience.ts';
import { CONTENT_BOARD } from './boards/content.ts';
import { DELIVERY_LOG_BOARD } from './boards/delivery-log.ts';
import { LIVE_EVENTS_BOARD } from './boards/live-events.ts';
import { REPORTS_BOARD } from './boards/reports.ts';
import { SESSION_SEARCH_BOARD } from './boards/session-search.ts';

/** The dashboards on the analytics store. */
export const ANALYTICS_BOARDS: readonly AnalyticsBoard[] = [
  AUDIENCE_BOARD,
  CONTENT_BOARD,
  LIVE_EVENTS_BOARD,
  REPORTS_BOARD,
  SESSION_SEARCH_BOARD,
  DELIVERY_LOG_BOARD,
];
