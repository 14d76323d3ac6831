import type { Client } from '../model/client.ts';
import type { StreamType } from '../model/media.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { RequestReport } from '../model/request.ts';
import type { ViewerDimensions } from '../model/session.ts';

/** What is known about who watches what, gathered from every half and event of one playback; first word wins. */
export class Viewer {
  contentId = '';
  title = '';
  client: Client | null = null;
  viewerId = '';
  /** Host of the page it was watched on. */
  referrer = '';
  #property = '';
  #player = '';
  streamType: StreamType = '';
  readonly #tenant: string;
  readonly #defaultProperty: string;
  #dimensions: ViewerDimensions | null = null;

  /** `property` is for sessions that name none. */
  constructor(tenant: string, property = 'others') {
    this.#tenant = tenant;
    this.#defaultProperty = property;
  }

  event(event: PlayerEvent): void {
    this.#know(event.contentId, event.client ?? null, event.streamType);
    if (event.title && this.title === '') this.title = event.title;
    if (event.referrer && this.referrer === '') this.referrer = event.referrer;
    if (event.viewerId && this.viewerId === '') this.viewerId = event.viewerId;
    if (event.property && this.#property === '') this.#property = event.property;
    if (event.player && this.#player === '') this.#player = event.player;
  }

  report(report: RequestReport): void {
    this.#know(report.cmcd.cid, report.source.tier === 'origin' ? null : report.client, report.cmcd.streamType);
  }

  /** A client and a page seen on this session, whichever report brought them. */
  seen(client: Client | null, referrer: string): void {
    if (this.referrer === '') this.referrer = referrer;
    this.#know('', client, '');
  }

  /**
   * Labels of everything counted for this playback. Frozen when first asked for: a session whose labels changed on
   * the way would have started under one and played under another.
   */
  get dimensions(): ViewerDimensions {
    this.#dimensions ??= this.#labels([]);
    return this.#dimensions;
  }

  /**
   * Freezes the labels. A hook posts seconds after a player's own CMCD, and may have been attached after it: what no
   * earlier half said, the session's events that arrived but are not due yet may know.
   */
  freeze(waiting: readonly PlayerEvent[]): void {
    this.#dimensions ??= this.#labels(waiting);
  }

  #labels(waiting: readonly PlayerEvent[]): ViewerDimensions {
    const first = <T>(known: T | null, of: (event: PlayerEvent) => T | undefined): T | null =>
      known || (waiting.map(of).find(Boolean) ?? null);
    const client = first(this.client, (event) => event.client);
    return {
      tenant: this.#tenant,
      property: first(this.#property, ({ property }) => property) || this.#defaultProperty,
      streamType: first(this.streamType, ({ streamType }) => streamType) ?? '',
      player: first(this.#player, ({ player }) => player) || client?.software || 'other',
      device: client?.deviceClass ?? 'other',
      country: client?.country ?? '',
    };
  }

  #know(contentId: string | undefined, client: Client | null, streamType: StreamType | undefined): void {
    if (contentId && this.contentId === '') this.contentId = contentId;
    if (client && !this.client) this.client = client;
    if (streamType && this.streamType === '') this.streamType = streamType;
  }
}
