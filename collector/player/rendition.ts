/** A quality level; an audio-only one has no height, and what a plain `<video>` shows has no known bitrate. */
export type Rendition = { readonly bitrateKbps: number | undefined; readonly height: number | null | undefined };

/** Whole kbit/s, as CMCD writes them: a player that sends both must not seem to switch between 2820 and 2820.4. */
export function renditionOf(bitsPerSecond: number, height: Rendition['height']): Rendition {
  return { bitrateKbps: Math.round(bitsPerSecond / 1000), height };
}
