import { decodePercentText } from './percent.ts';
import { scrubbed } from './scrub.ts';

const LONGEST_HOST = 100;
/** An URL, or a host alone. */
const HOST = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#@]*@)?([\w.-]+|\[[^\]]*\])(?=[:/?#]|$)/i;

/** Of the address of a page only the host, in lower case: where somebody watched, not what else the page says. */
export function referrerHost(text: string): string {
  const plain = /^[a-z]+%3a/i.test(text) ? decodePercentText(text) : text;
  return scrubbed(HOST.exec(plain)?.[1]?.toLowerCase() ?? '').slice(0, LONGEST_HOST);
}
