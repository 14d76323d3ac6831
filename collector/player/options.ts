/** What the page tells the hook. */
export type HookOptions = {
  /** The collector's `/v1/beacon`, e.g. `https://ingest.example/v1/beacon`. */
  readonly endpoint: string;
  /** Content id; the same as the CMCD `cid` when the player sends one. */
  readonly content: string;
  readonly title?: string;
  /** Site, app or player configuration the content is consumed in. */
  readonly property?: string;
  /** Session id; left out, the player's own CMCD session id is used, and where there is none a random UUID. */
  readonly session?: string;
  readonly streamType?: 'live' | 'dvr' | 'vod';
  /** Player name; left out, it is recognised. */
  readonly player?: string;
  /** Id of a registered user. */
  readonly viewer?: string;
  /** Hosts (`host` or `host:port`) whose media URLs get `rid=<16 hex digits>`, the key that joins a request with its log line. */
  readonly ridHosts?: readonly string[];
  /** Seconds between heartbeats, 10 by default. */
  readonly heartbeatSeconds?: number;
};

/** What the page gets back. */
export type Hook = {
  /** The session id in use; a replay after the end starts a new one. */
  readonly session: string;
  /** Sends an event the hook cannot see by itself, e.g. `ad_start`, `ad_end`, `file_downloaded` (docs/beacon.md section 4). */
  report(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Ends the session and removes everything the hook put into page and player. */
  detach(): void;
};
