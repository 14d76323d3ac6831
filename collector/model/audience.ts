/** How much a kind of player lets us know (semantics.md section 1) [Mediastream]. */
export const PLATFORM_CLASSES = ['player_full', 'external_audio', 'external_video', 'external_cached'] as const;
export type PlatformClass = (typeof PLATFORM_CLASSES)[number];

/** `rolling`: 24 hours from the first sign. `fixed`: from midnight to midnight UTC. */
export const AUDIENCE_WINDOWS = ['rolling', 'fixed'] as const;
export type AudienceWindow = (typeof AUDIENCE_WINDOWS)[number];

/** Audience numbers to be added, by the rules of their platform class. What is not knowable is NaN, never 0. */
export type AudienceCounts = {
  readonly platformClass: PlatformClass;
  /** Which 24 hours count once. */
  readonly window: AudienceWindow;
  readonly starts: number;
  readonly streams: number;
  readonly downloads: number;
  /** Devices that started or downloaded for the first time in their window. */
  readonly devices: number;
  readonly consumptionSeconds: number;
};

/** Why something counts for nothing. Constants double as the `reason` label of playpath_audience_excluded_total. */
export const AUDIENCE_EXCLUSIONS = [
  'bot',
  'method',
  'client_error',
  'status',
  'validation',
  /** No room to follow one more session. */
  'full',
  /** No room to remember a window until it was over: nothing is missing, but what comes back counts again. */
  'forgotten',
] as const;
export type AudienceExclusion = (typeof AUDIENCE_EXCLUSIONS)[number];
