import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'
import type { DeviceAllowance } from '../services/reading/judge-reading'
import { tokenBuckets, type TakeTokens } from '../services/token-buckets'

/** How many readings come from one device and from one address: counted by each process for itself. */

const MS_PER_MINUTE = 60_000
const MS_PER_HOUR = 60 * MS_PER_MINUTE

interface Limits {
  ofDevice: TakeTokens
  ofAddress: TakeTokens
}

let limits: Limits | null = null

function useLimits(): Limits {
  const { config } = useComposition()
  limits ??= {
    ofDevice: atMost(config.NUXT_DEVICE_READINGS_PER_HOUR, MS_PER_HOUR),
    ofAddress: atMost(config.NUXT_ADDRESS_READINGS_PER_MINUTE, MS_PER_MINUTE),
  }
  return limits
}

/** 0 stands for no limit. */
const atMost = (capacity: number, fillMs: number): TakeTokens =>
  capacity === 0 ? () => 0 : tokenBuckets({ capacity, fillMs })

/** The allowance of each device. */
export const deviceAllowance: DeviceAllowance = (deviceId) =>
  useLimits().ofDevice(deviceId, 1, Date.now())

/** Counts readings against the address they come from, the neighbour on the wire. Throws `rate_limited`. */
export function countAgainstAddress(event: H3Event, readings: number): void {
  const address = event.node.req.socket.remoteAddress ?? ''
  const waitMs = useLimits().ofAddress(address, readings, Date.now())
  if (waitMs === 0) return
  throw new CodedError(
    'rate_limited',
    `address: more readings came from ${address} than one address may hand in; send again in ${Math.ceil(waitMs / 1000)} s`,
  )
}
