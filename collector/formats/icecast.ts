import type { Event } from '../model/event.ts';
import type { Delivery } from '../model/source.ts';
import { CombinedDecoder } from './combined-decoder.ts';
import type { Decoded, Format, FormatSettings, LineDecoder } from './format.ts';
import { SERVER_FIELDS } from './server-record.ts';

/** Pages of the server itself: its status, its administration, its pictures. */
const OWN_PAGE = /^\/(?:$|admin\/)|\.(?:xsl|css|png|ico|html?|json)$/i;

/**
 * Icecast's access.log: `combined` with the seconds of the connection behind it. One line is a whole listen, written when
 * the listener leaves: its time is the end, and its bytes are everything that was sent. A mount is live sound whatever
 * its name; who is still connected has no line yet.
 */
export const icecast: Format = {
  name: 'icecast',
  reference: 'https://www.icecast.org/docs/icecast-latest/config-file/#log',
  latenessMs: 10_000,
  create: (settings) => new IcecastDecoder(settings),
};

class IcecastDecoder implements LineDecoder {
  readonly #combined: CombinedDecoder;

  constructor(settings: FormatSettings) {
    const columnOf = (variable: string): number => SERVER_FIELDS.of(variable.replace('$', ''));
    this.#combined = new CombinedDecoder(settings, 'nginx', ['$request_time', ...settings.fields], columnOf);
  }

  beginDelivery(): void {
    this.#combined.beginDelivery();
  }

  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded {
    let isOwnPage = false;
    const decoded = this.#combined.decode(bytes, start, end, delivery, (event) => {
      if (event.kind !== 'request') return;
      if (OWN_PAGE.test(event.path)) {
        isOwnPage = true;
        return;
      }
      if (event.objectType === 'other' || event.objectType === 'audio') event.objectType = 'audio';
      event.cmcd.streamType ||= 'live';
      emit(event);
    });
    return isOwnPage ? 'not_access' : decoded;
  }
}
