import { CodedError } from '../../../shared/coded-error.ts'
import type { DeviceState } from '../../../shared/api/map.ts'
import { MAP_HISTORY_HOURS } from '../../../shared/map-history.ts'
import type { Break } from '../../../shared/outage/index.ts'
import { SILENT_AFTER_HEARTBEATS } from '../../../shared/outage/rules.ts'
import { secondText } from '../api-times.ts'
import type { Deps } from '../deps.ts'
import type { MapDevice } from '../device/device-snapshot.ts'
import { silentBefore, stateHeard, type StateDeps } from '../device/device-state.ts'
import { mapHistory, type MapHistory } from './map-history.ts'

export type MomentDeps = Pick<Deps, 'models'> & StateDeps

/** How the map reads the state of a device at the moment it is drawn for. */
export interface MapMoment {
  /** Null where the device was not in service. */
  stateOf(device: MapDevice): DeviceState | null
  /** When that state began by the device's own clock; null where that is not known. */
  sinceOf(device: MapDevice): string | null
  /** The moment itself; null where it is the latest that is known. */
  asOf: string | null
}

const MS_PER_S = 1000
const HISTORY_MS = MAP_HISTORY_HOURS * 3_600_000
/** Who asks for the oldest moment takes a while to do so. */
const GRACE_MS = 15 * 60_000

/** The moment asked for, or now. Throws `malformed` where it is not within the last 48 hours. */
export async function mapMomentAt(deps: MomentDeps, at: string | undefined): Promise<MapMoment> {
  if (at === undefined) return now(deps)
  const nowAt = deps.clock.now().getTime()
  const moment = Math.floor(Date.parse(at) / MS_PER_S) * MS_PER_S
  if (moment > nowAt || moment < nowAt - HISTORY_MS - GRACE_MS) {
    throw new CodedError(
      'malformed',
      `at: expected a moment of the last ${MAP_HISTORY_HOURS} hours, got ${at}`,
    )
  }
  const reach = { fromAt: nowAt - HISTORY_MS - GRACE_MS, untilAt: moment }
  return past(await mapHistory(deps, reach), { at: moment, asOfAt: nowAt, ...deps.settings })
}

/** Now: by the latest reading of each device. */
function now(deps: StateDeps): MapMoment {
  const silentBeforeAt = silentBefore(deps).getTime()
  return {
    stateOf: ({ powerStatus, receivedAt }) => stateHeard(powerStatus, receivedAt, silentBeforeAt),
    sinceOf: ({ since }) => since,
    asOf: null,
  }
}

/** What a device is in at the moment; a silence that begins at null has no reading before it. */
type Standing = Pick<Break, 'state' | 'fromAt'>

interface Then {
  at: number
  /** What is known by then decides whether a last silence is one. */
  asOfAt: number
  heartbeatMs: number
}

/** A moment past, by the outage rules: off and silent by the breaks, in service by the device events, else on. */
function past(history: MapHistory, { at, asOfAt, heartbeatMs }: Then): MapMoment {
  const isInService = ({ id, enrolledAt }: MapDevice): boolean => {
    const spans = history.service.get(id)
    // Enrolment counts from the whole second it fell in.
    if (!spans) return at + MS_PER_S > enrolledAt
    return spans.some(({ fromAt, toAt }) => fromAt <= at && (toAt === null || at < toAt))
  }

  /** The silence after the last reading is not among the breaks; what is known by now decides whether it is one. */
  function lastSilence({ powerStatus, measuredAt }: MapDevice): Standing | null {
    const isSilent =
      powerStatus === 'ON' && asOfAt - measuredAt > SILENT_AFTER_HEARTBEATS * heartbeatMs
    const fromAt = measuredAt + heartbeatMs
    return isSilent && fromAt <= at ? { state: 'silent', fromAt } : null
  }

  /** Asked of a hundred thousand devices: most have no break. */
  function breakAt(device: MapDevice): Standing | null {
    const found = history.breaks
      .get(device.id)
      ?.find(({ fromAt, toAt }) => (fromAt ?? 0) <= at && (toAt === null || at < toAt))
    return found ?? lastSilence(device)
  }

  function onSince({ id, powerStatus, since }: MapDevice): string | null {
    const ended = (history.breaks.get(id) ?? []).flatMap(({ toAt }) =>
      toAt !== null && toAt <= at ? [toAt] : [],
    )
    if (ended.length > 0) return secondText(Math.max(...ended))
    return powerStatus === 'ON' && since !== null && Date.parse(since) <= at ? since : null
  }

  return {
    stateOf(device) {
      if (!isInService(device)) return null
      return device.powerStatus === null ? 'silent' : (breakAt(device)?.state ?? 'on')
    },
    sinceOf(device) {
      if (device.powerStatus === null) return null
      const found = breakAt(device)
      if (!found) return onSince(device)
      return found.fromAt === null ? null : secondText(found.fromAt)
    },
    asOf: secondText(at),
  }
}
