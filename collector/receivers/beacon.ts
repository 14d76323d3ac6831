import { decodeBeacons } from './beacon-body.ts';
import { type PlayerReceiver, playerRoute } from './player-route.ts';
import type { Route } from './route.ts';

const MAX_BYTES = 1024 * 1024;

/** `POST /v1/beacon`: JSON beacons of three dialects (docs/beacon.md). */
export function beaconRoute(receiver: PlayerReceiver): Route {
  return playerRoute('/v1/beacon', { maxBytes: MAX_BYTES, maxInflatedBytes: MAX_BYTES }, receiver, decodeBeacons);
}
