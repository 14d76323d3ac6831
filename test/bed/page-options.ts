/** What the bed's page is told in its query string. */
export type PageOptions = {
  readonly player: 'hls' | 'dash' | 'shaka' | 'native' | 'none';
  /** Absolute URL of the playlist, manifest or file. */
  readonly src: string;
  readonly sid: string;
  readonly content: string;
  /** CMCD version; 0 switches it off. */
  readonly cmcd: 0 | 1 | 2;
  readonly cmcdMode: 'query' | 'headers';
  /** CMCD events per post. */
  readonly batch: number;
  /** Base URL of the collector's ingest port, or of the rig's own capture sink. */
  readonly ingest: string;
  /** Where /player.js is loaded from; '' plays without the hook. */
  readonly hookUrl: string;
  /** Session id given to the hook; '' lets it find the player's own. */
  readonly hookSession: string;
  /** Hosts whose media URLs get a `rid`, separated by commas. */
  readonly ridHosts: string;
  readonly bufferSeconds: number;
  /** hls.js only: `one` retry gives up on an edge within a second, `default` within half a minute. */
  readonly retries: 'one' | 'default';
};

/** Page address with these options. */
export function pageAddress(pageUrl: string, options: PageOptions): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) query.set(name, String(value));
  return `${pageUrl}/?${query}`;
}
