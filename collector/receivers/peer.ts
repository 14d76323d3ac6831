import { BlockList, isIP } from 'node:net';

/** Addresses and networks (CIDR) whose X-Forwarded-For is believed. */
export function trustedProxies(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/**
 * The viewer's address: the nearest party that is not a trusted proxy. Every hop appends the address it saw, so the
 * list is read from the right; what stands left of an untrusted hop is hearsay.
 */
export function peerAddress(socketAddress: string, forwardedFor: string, trusted: BlockList): string {
  let address = plain(socketAddress);
  const hops = forwardedFor.slice(-2048).split(',');
  while (hops.length > 0 && isTrusted(address, trusted)) {
    const hop = plain((hops.pop() as string).trim());
    if (isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

/** Whether an address is that of a trusted proxy. */
export function isTrusted(text: string, trusted: BlockList): boolean {
  const address = plain(text);
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

export function isLoopback(address: string): boolean {
  return address === '::1' || plain(address).startsWith('127.');
}

/** Without port, brackets and the prefix of IPv4 in IPv6. */
function plain(address: string): string {
  let text = address;
  if (text.startsWith('[')) text = text.slice(1, text.indexOf(']') > 0 ? text.indexOf(']') : undefined);
  else if (text.indexOf(':') === text.lastIndexOf(':')) text = text.split(':')[0] ?? '';
  return text.toLowerCase().startsWith('::ffff:') && isIP(text.slice(7)) === 4 ? text.slice(7) : text;
}
