import { isIPv4, isIPv6 } from 'node:net'

const IPV4_PARTS_KEPT = 3
const IPV6_GROUPS = 8
/** A provider hands one customer a /64 or more: who has one address of it has them all. */
const CUSTOMER_GROUPS = 4
const NETWORK_GROUPS = 3

/** The network an address lies in, as logs keep it: /24 of IPv4, /48 of IPv6. It leads to a town, not to a person. */
export function networkOf(address: string | null): string | null {
  const plain = unmapped(address)
  if (isIPv4(plain)) return `${plain.split('.').slice(0, IPV4_PARTS_KEPT).join('.')}.0/24`
  return isIPv6(plain) ? `${leading(plain, NETWORK_GROUPS)}::/48` : null
}

/** What tries are counted by: an IPv4 address, or the /64 of an IPv6 one. */
export function subscriberOf(address: string | null): string {
  const plain = unmapped(address)
  return isIPv6(plain) ? `${leading(plain, CUSTOMER_GROUPS)}::/64` : plain
}

/** IPv4 as a socket that listens on both shows it. */
const unmapped = (address: string | null): string =>
  (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')

function leading(ipv6: string, groups: number): string {
  const [head = '', tail] = ipv6.split('%')[0]?.split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, IPV6_GROUPS - before.length - after.length)
  const all = [...before, ...Array.from({ length: zeros }, () => '0'), ...after]
  return all.slice(0, groups).join(':')
}
