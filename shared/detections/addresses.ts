/** IP addresses against declared ranges. */
import { BlockList, isIP } from 'node:net';

/** Undefined where the text is no address (`private`, `gce-internal-ip`). */
export type AddressSet = (address: string) => boolean | undefined;

/** @param ranges addresses and CIDR ranges, checked by the configuration's schema. Undefined where there are none. */
export function addressSet(ranges: readonly string[]): AddressSet | undefined {
  if (ranges.length === 0) return undefined;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const version = isIP(address);
    return version === 0 ? undefined : list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
}

/** True where every address of `inner` is one of `outer`: IPv4 and IPv6 CIDR ranges; undefined where a text is none. */
export function containsRange(outer: readonly string[], inner: string): boolean | undefined {
  const wanted = parseRange(inner);
  if (wanted === undefined) return undefined;
  return outer.some((text) => {
    const range = parseRange(text);
    return range !== undefined && range.bits <= wanted.bits && addressSet([text])?.(wanted.address) === true;
  });
}

/** The neighbourhood that one caller moves in: /24 of IPv4, /64 of IPv6; any other text as it is. */
export function neighbourhoodOf(address: string): string {
  const version = isIP(address);
  if (version === 4) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
  if (version === 0) return address;
  const [before = [], behind = []] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - before.length - behind.length).fill('0');
  const groups = [...before, ...zeros, ...behind];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

interface Range {
  readonly address: string;
  readonly bits: number;
}

function parseRange(text: string): Range | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 6 ? 128 : 32;
  const bits = slash < 0 ? most : Number(text.slice(slash + 1));
  return Number.isInteger(bits) && bits >= 0 && bits <= most ? { address, bits } : undefined;
}
