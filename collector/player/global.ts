import { attach } from './player-hook.ts';

/** What `<script src="…/player.js">` leaves in the page, whether it is loaded as a script or as a module. */
Object.assign(globalThis, { Playpath: { attach } });
