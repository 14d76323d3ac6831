/** A record on its way to a collector: one log line without its newline, or one HTTP post of a player. */
export type LabDelivery = {
  /** Name of the source: a CDN, the origin, or `player`. */
  readonly source: string;
  readonly kind: 'line' | 'post';
  /** When it arrives, Unix ms. Deliveries come in this order. */
  readonly deliveredMs: number;
  readonly body: string;
  /** Posts only. */
  readonly contentType?: string;
  readonly path?: '/v1/cmcd' | '/v1/beacon';
  /** Who sends it: the viewer of a post; '' for lines. */
  readonly address: string;
  readonly userAgent: string;
};

export const PLAYER_SOURCE = 'player';
