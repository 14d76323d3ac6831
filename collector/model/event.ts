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

/** What receivers count besides decoded lines. Constants double as the `reason` label of playpath_rejected_total. */
export const RECEIVER_REASONS = [
  /** A body could not be read as what it claims to be: gzip, JSON, protobuf, an envelope. */
  'bad_body',
  /** Over a limit of bytes or records, as sent or after decompression. */
  'too_large',
  /** The sender is gone before its body was whole. */
  'aborted',
  'unauthorized',
  /** A page whose origin is not on the list. */
  'foreign_origin',
  /** More posts than its key, or one address, may make. */
  'rate_limited',
  /** More sessions than its key may have at a time. */
  'session_limit',
  'unknown_source',
  'unsupported_type',
  'unsupported_encoding',
  /** No memory for the body of a sender that is not told to repeat: players. */
  'dropped_full',
  /** A delivery whose id was stored before. */
  'duplicate_delivery',
  /** Not playback: traces of other requests, notes of a test rig, test uploads. */
  'not_playback',
] as const;
export type ReceiverReason = (typeof RECEIVER_REASONS)[number];
