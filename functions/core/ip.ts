import { isIPv4, isIPv6 } from 'node:net';

/** The prefix of an IPv4 address in the notation of IPv6, see https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
const MAPPED = /^::ffff:(?=[\d.]+$)/i;

/** How much of a visitor's IP address is kept. */
export const ipModes = ['truncated', 'none', 'full'] as const;
export type IpMode = (typeof ipModes)[number];

/**
 * Reduces an IP address to the part that is kept. A truncated address is its network's: /24 of IPv4, /48 of IPv6.
 *
 * @returns undefined if nothing is kept.
 * @example keptIp('198.51.100.23', 'truncated') // '198.51.100.0'
 */
export function keptIp(address: string, mode: IpMode): string | undefined {
  if (mode === 'none') return undefined;
  if (mode === 'full') return address;
  const ip = address.replace(MAPPED, '');
  if (isIPv4(ip)) return ip.replace(/\d+$/, '0');
  return isIPv6(ip) ? networkOf(ip, 3) : undefined;
}

/**
 * The part of an IP address that tells one connection from another. With IPv6 it is the /64, in which a host
 * chooses its address freely, see https://www.rfc-editor.org/rfc/rfc8981
 */
export function hostOf(address: string): string {
  const ip = address.replace(MAPPED, '');
  // Most are IPv4, and the first use of `isIPv6` takes Node 3 ms.
  return !isIPv4(ip) && isIPv6(ip) ? networkOf(ip, 4) : ip;
}

/** The network of an IPv6 address that has so many groups of 16 bits. */
function networkOf(ip: string, size: number): string {
  // A URL has an address in its shortest spelling, see https://url.spec.whatwg.org/#concept-ipv6-serializer
  const shortest = (address: string) => new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail] = shortest(ip.replace(/%.*/, ''))
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = tail && Array<string>(8 - head.length - tail.length).fill('0');
  const groups = [...head, ...(zeros ?? []), ...(tail ?? [])];
  return shortest(`${groups.slice(0, size).join(':')}::`);
}
