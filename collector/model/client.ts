/**
 * Who sent a request, after privacy: made once per (address, user agent), shared by every event of that client.
 * The raw address is gone before this exists (semantics.md section 9).
 */
export type Client = {
  /** Keyed hash of (user agent, address) with a rotating salt, 16 hex digits. */
  readonly deviceKey: string;
  /** Address cut to /24 or /48, as text. */
  readonly network: string;
  /** ISO 3166-1 alpha-2, upper case; '' when unknown. */
  readonly country: string;
  /** ISO 3166-2 such as `DE-BY`, or a name where only that is known; '' when unknown. */
  readonly region: string;
  readonly asn: number;
  /** `user_agent.original`, decoded and cut to 512 characters. */
  readonly userAgent: string;
  /** Player or application: a closed set by configuration of the classifier, e.g. `Chrome`, `AppleCoreMedia`. */
  readonly software: string;
  /** `desktop, mobile, tablet, tv, console, speaker, other`. */
  readonly deviceClass: string;
  readonly os: string;
  readonly isBot: boolean;
};
