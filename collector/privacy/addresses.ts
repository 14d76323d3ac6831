import ipaddr from 'ipaddr.js';

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

/** How many bits of an address survive. */
export type AddressCut = { readonly ipv4Prefix: number; readonly ipv6Prefix: number };

export const DEFAULT_CUT: AddressCut = { ipv4Prefix: 24, ipv6Prefix: 48 };

const LONGEST_ADDRESS = 64;

/**
 * An address as logs write them: with port, brackets, zone or network prefix, IPv4 inside IPv6, already masked
 * (`192.0.2.0/24`). Null for anything else.
 */
export function parseAddress(text: string): Parsed | null {
  let plain = text.trim();
  if (plain.length < 2 || plain.length > LONGEST_ADDRESS) return null;
  const slash = plain.indexOf('/');
  if (slash >= 0) plain = plain.slice(0, slash);
  if (plain.startsWith('[')) plain = plain.slice(1, plain.includes(']') ? plain.indexOf(']') : undefined);
  else if (plain.indexOf(':') > 0 && plain.indexOf(':') === plain.lastIndexOf(':')) {
    plain = plain.slice(0, plain.indexOf(':'));
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  if (!ipaddr.IPv6.isValid(plain)) return null;
  const address = ipaddr.IPv6.parse(plain);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** The network an address is cut to, as text: `203.0.113.0/24`, `2001:db8:7::/48`. */
export function cutAddress(address: Parsed, cut: AddressCut): string {
  const prefix = address.kind() === 'ipv4' ? cut.ipv4Prefix : cut.ipv6Prefix;
  const bytes = address.toByteArray().map((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff << (8 - bits)) & 0xff;
  });
  return `${ipaddr.fromByteArray(bytes).toString()}/${prefix}`;
}

/** An address that can be a viewer's: not private, loopback, link-local, carrier NAT or reserved. */
export function isPublic(address: Parsed): boolean {
  return address.range() === 'unicast';
}

/**
 * A full IPv6 address has seven colons or a double one; times of day have neither. What follows an escape such as `%3D`
 * begins anew.
 */
const ADDRESSES =
  /(?:(?<![\w.])|(?<=%[0-9a-f]{2}))\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)|(?:(?<![\w.:])|(?<=%[0-9a-f]{2}))(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?)(?![\w:])/gi;
/** The same with its colons escaped, once or twice. */
const ESCAPED_ADDRESSES = /(?:[0-9a-f]{0,4}%(?:25)?3a){2,7}[0-9a-f]{0,4}/gi;
const ESCAPED_COLON = /%(?:25)?3a/gi;

/** Any text with the addresses in it cut. */
export function cutAddressesIn(text: string, cut: AddressCut = DEFAULT_CUT): string {
  const plain = text.replace(ADDRESSES, (found) => cutText(found, cut));
  if (!plain.includes('%')) return plain;
  return plain.replace(ESCAPED_ADDRESSES, (found) => {
    const [colon = ''] = found.match(ESCAPED_COLON) ?? [];
    const address = found.replace(ESCAPED_COLON, ':');
    const shorter = cutText(address, cut);
    return shorter === address ? found : shorter.replaceAll(':', colon);
  });
}

function cutText(found: string, cut: AddressCut): string {
  const address = found.length < 3 ? null : parseAddress(found);
  return address === null ? found : (cutAddress(address, cut).split('/')[0] as string);
}
