import type { Client } from '../model/client.ts';
import type { RequestReport } from '../model/request.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';

/** What receivers need to know of URLs; privacy and CMCD are decided elsewhere. */
export interface PlayerUrls {
  /**
   * Fills scheme, host, path, query (without CMCD, rid and secrets), rid, CMCD and object type of a report from an
   * absolute URL as the player requested it. False when it is none.
   */
  read(url: string, report: RequestReport): boolean;
  /** Text with the secrets of every URL in it removed. */
  scrub(text: string): string;
}

/** Where a player's report came from; the same for all events of one body. */
export type PlayerDelivery = {
  readonly source: Source;
  readonly receivedMs: UnixMs;
  readonly client: Client | null;
  readonly urls: PlayerUrls;
};
