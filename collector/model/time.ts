/** Milliseconds since 1970-01-01T00:00:00Z, fractions allowed. Absent is NaN, never 0. */
export type UnixMs = number;
