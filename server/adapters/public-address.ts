import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns'
import { BlockList, isIPv6, type LookupFunction } from 'node:net'

/** Special-purpose addresses (IANA registries, RFC 6890): this machine, its networks, and what leads back into them. */
const NOT_PUBLIC: [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]
/** Of IPv6 only what is handed out as public, without what wraps an IPv4 address or is for documents. */
const PUBLIC_IPV6: [network: string, prefix: number] = ['2000::', 3]
const WRAPPED_IPV6: [network: string, prefix: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const forbidden = new BlockList()
for (const [network, prefix] of NOT_PUBLIC) forbidden.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of WRAPPED_IPV6) forbidden.addSubnet(network, prefix, 'ipv6')
const handedOut = new BlockList()
handedOut.addSubnet(...PUBLIC_IPV6, 'ipv6')

/** Whether an address is one of the public internet. IPv4 written as IPv6 is not. */
export const isPublicAddress = (address: string): boolean =>
  isIPv6(address)
    ? handedOut.check(address, 'ipv6') && !forbidden.check(address, 'ipv6')
    : !forbidden.check(address, 'ipv4')

/** As `lookup` of `node:dns` asked for all addresses. */
type LookupAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void

/**
 * Looks a name up for a connection, and refuses it when any address behind it is not public: the address that was looked at is the
 * one that is connected to, so no second answer of the name's owner slips between.
 */
export const publicLookup =
  (lookup: LookupAll = systemLookup): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const inside = found.find(({ address }) => !isPublicAddress(address))
      if (inside || found.length === 0) {
        const got = inside?.address ?? 'none'
        return callback(new Error(`${hostname}: expected public addresses, got ${got}`), [])
      }
      const [first] = found
      if (options.all) callback(null, found)
      else callback(null, first?.address ?? '', first?.family)
    })
  }
