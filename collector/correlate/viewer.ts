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
    if (event.viewerId && this.viewerId === '') this.viewerId = event.viewerId;
    if (event.property && this.#property === '') this.#property = event.property;
    if (event.player && this.#player === '') this.#player = event.player;
  }

  report(report: RequestReport): void {
    this.#know(report.cmcd.cid, report.source.tier === 'origin' ? null : report.client, report.cmcd.streamType);
  }

  /** A client seen on this session, whichever report brought it. */
  seen(client: Client | null): void {
    this.#know('', client, '');
  }

  /**
   * Labels of everything counted for this playback. Frozen when first asked for: a session whose labels changed on
   * the way would have started under one and played under another.
   */
  get dimensions(): ViewerDimensions {
    this.#dimensions ??= {
      tenant: this.#tenant,
      property: this.#property || this.#defaultProperty,
      streamType: this.streamType,
      player: this.#player || this.client?.software || 'other',
      device: this.client?.deviceClass ?? 'other',
      country: this.client?.country ?? '',
    };
    return this.#dimensions;
  }

  #know(contentId: string | undefined, client: Client | null, streamType: StreamType | undefined): void {
    if (contentId && this.contentId === '') this.contentId = contentId;
    if (client && !this.client) this.client = client;
    if (streamType && this.streamType === '') this.streamType = streamType;
  }
}
