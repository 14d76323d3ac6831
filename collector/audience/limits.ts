/** The numbers of the audience rules. Sources: semantics.md section 7 [Mediastream], formats.md section 6 [IAB]. */

/** A player's start is a stream when this much was played. */
export const PLAYED_STREAM_MS = 5_000;
/** A start known from logs is a stream when this much was delivered. */
export const DELIVERED_STREAM_MS = 25_000;
/** Fewer bytes than this is somebody looking whether the file is there: of a progressive request or a merged session, never of one segment. */
export const VALID_BYTES = 70_000;
/** Within this time the same playback counts once. */
export const WINDOW_MS = 24 * 3_600_000;
