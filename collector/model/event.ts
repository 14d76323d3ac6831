import type { PlayerEvent } from './player-event.ts';
import type { RequestReport } from './request.ts';

/** Everything that enters the pure middle. A decoder's `RequestReport` is valid until its next call only. */
export type Event = RequestReport | PlayerEvent;

/** Why a record could not become an event. Constants double as the `reason` label of playpath_rejected_total. */
export const REJECT_REASONS = [
  'empty',
  'not_json',
  'not_object',
  'too_long',
  'too_few_fields',
  'no_fields_header',
  'missing_time',
  'bad_time',
  'missing_request',
  'missing_session',
  'unknown_event',
  'not_access',
  'bad_encoding',
  'bad_value',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];
