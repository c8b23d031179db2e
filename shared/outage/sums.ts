import { breaksAsOf, type StandingBreak } from './breaks.ts'
import { durationClass, isWithin, outageEvents, type OutageEvent } from './events.ts'
import {
  interruptionKey,
  interruptionsOf,
  type DeviceHistory,
  type Interruption,
} from './interruptions.ts'
import { overlap, upTo, wholeSecond, type Period } from './periods.ts'
import { MOMENTARY_MS, MS_PER_SECOND, SILENT_AFTER_HEARTBEATS } from './rules.ts'
import { spanPeriod } from './service.ts'

/**
 * Numerators and denominators of one area and period. They add: over areas of one period, and over periods that adjoin.
 * Whole numbers; seconds, so that a hundred million customers over a year stay exact in a double.
 */
export interface Sums {
  customerSecondsServed: number
  deviceSecondsEnrolled: number
  deviceSecondsSilent: number
  /** Customer interruptions that began in the period. */
  sustained: number
  momentary: number
  customerSecondsOff: number
  /** The same three of local events, which stand in none of the above. */
  localSustained: number
  localMomentary: number
  localCustomerSecondsOff: number
}

const NO_SUMS: Readonly<Sums> = {
  customerSecondsServed: 0,
  deviceSecondsEnrolled: 0,
  deviceSecondsSilent: 0,
  sustained: 0,
  momentary: 0,
  customerSecondsOff: 0,
  localSustained: 0,
  localMomentary: 0,
  localCustomerSecondsOff: 0,
}

export const noSums = (): Sums => ({ ...NO_SUMS })

/** Adds one set of sums to another, in place. */
export function addSums(to: Sums, from: Sums): void {
  to.customerSecondsServed += from.customerSecondsServed
  to.deviceSecondsEnrolled += from.deviceSecondsEnrolled
  to.deviceSecondsSilent += from.deviceSecondsSilent
  to.sustained += from.sustained
  to.momentary += from.momentary
  to.customerSecondsOff += from.customerSecondsOff
  to.localSustained += from.localSustained
  to.localMomentary += from.localMomentary
  to.localCustomerSecondsOff += from.localCustomerSecondsOff
}

/** Devices and the events they make, as known at one moment; figures of any period follow. */
export interface OutageHistory {
  devices: readonly DeviceHistory[]
  events: readonly OutageEvent[]
  asOfAt: number
  heartbeatMs: number
}

/** Puts devices together; `asOfAt` is the last moment of which anything is known, at most now. */
export function outageHistory(
  devices: readonly DeviceHistory[],
  { asOfAt, heartbeatMs }: { asOfAt: number; heartbeatMs: number },
): OutageHistory {
  const events = outageEvents(devices.flatMap(interruptionsOf))
  return { devices, events, asOfAt: wholeSecond(asOfAt), heartbeatMs }
}

/** Tells the interruptions that stay out of the headline. */
export const isLocal = (events: readonly OutageEvent[]): ((one: Interruption) => boolean) =>
  isWithin(events.filter(({ local }) => local))

/** Keys of those among these interruptions. */
export const keysOf = (interruptions: readonly Interruption[]): Set<string> =>
  new Set(interruptions.map(interruptionKey))

const secondsOf = (part: Period | null): number =>
  part ? (part.toAt - part.fromAt) / MS_PER_SECOND : 0

function addTime(
  sumsOf: (areaId: string) => Sums,
  { deviceId, service }: DeviceHistory,
  breaks: readonly StandingBreak[],
  whole: Period,
  locals: ReadonlySet<string>,
): void {
  for (const span of service) {
    const served = overlap(spanPeriod(span), whole)
    if (!served) continue
    const sums = sumsOf(span.areaId)
    const enrolled = secondsOf(served)
    sums.deviceSecondsEnrolled += enrolled
    sums.customerSecondsServed += enrolled * span.customersServed
    for (const one of breaks) {
      const seconds = secondsOf(overlap(one, served))
      const customerSeconds = seconds * span.customersServed
      if (one.state === 'silent') sums.deviceSecondsSilent += seconds
      else if (locals.has(interruptionKey({ deviceId, firstSeq: one.firstSeq })))
        sums.localCustomerSecondsOff += customerSeconds
      else sums.customerSecondsOff += customerSeconds
    }
  }
}

/**
 * The sums of a period by area, as far as it had passed at `asOfAt`. An interruption counts where and when it began, its
 * minutes where and when they fell. Areas without devices are absent.
 */
export function sumsByArea(history: OutageHistory, period: Period): Map<string, Sums> {
  const { devices, events, asOfAt, heartbeatMs } = history
  const whole = upTo(period, asOfAt)
  const byArea = new Map<string, Sums>()
  const sumsOf = (areaId: string): Sums => {
    const sums = byArea.get(areaId) ?? noSums()
    byArea.set(areaId, sums)
    return sums
  }
  const local = isLocal(events)
  for (const device of devices) {
    const interruptions = interruptionsOf(device)
    const locals = keysOf(interruptions.filter(local))
    addTime(sumsOf, device, breaksAsOf(device.breaks, asOfAt, heartbeatMs), whole, locals)
    for (const one of interruptions) {
      if (one.countedAt < whole.fromAt || one.countedAt >= whole.toAt) continue
      const sums = sumsOf(one.areaId)
      const duration = durationClass(one, asOfAt)
      if (!local(one)) sums[duration] += one.customersServed
      else if (duration === 'sustained') sums.localSustained += one.customersServed
      else sums.localMomentary += one.customersServed
    }
  }
  return byArea
}

/**
 * Whether the sums of a period are those of every later moment too, unless a record changes them: whether a last silence
 * in it is one, and whether an interruption still open is sustained, is known by then.
 */
export const isSettled = (
  { toAt }: Period,
  { asOfAt, heartbeatMs }: Pick<OutageHistory, 'asOfAt' | 'heartbeatMs'>,
): boolean => asOfAt - toAt > Math.max(SILENT_AFTER_HEARTBEATS * heartbeatMs, MOMENTARY_MS)
