/** Filters of boards about the audience, and the numbers every answer about it has. */
export const AUDIENCE_FILTERS = ['property', 'stream_type', 'country', 'device', 'platform_class'];
export const AUDIENCE_NUMBERS = ['starts', 'streams', 'consumption_seconds', 'downloads', 'devices', 'unknown_starts'];
