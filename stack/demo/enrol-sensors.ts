import { deviceKeys } from './device-keys.ts'
import { fleetEnrolments } from './firmware/fleet.ts'
import { untilDone } from './patience.ts'
import { portalRequests } from './portal-requests.ts'
import { grouped } from './progress.ts'
import type { Scenario } from './scenario.ts'
import { setUpPortal } from './set-up.ts'

export interface EnrolOptions {
  scenario: Scenario
  /** Devices with real firmware, beside the scenario's sensors. */
  firmware: number
  folder: string
  portal: { url: string; adminToken: string }
  say(line: string): void
  signal: AbortSignal
}

/** Registers areas, sensors and devices of the demo with a portal, as far as they are not yet, and says how many there are. */
export async function enrolSensors(options: EnrolOptions): Promise<void> {
  const { scenario, firmware, folder, portal, say, signal } = options
  const requests = portalRequests(portal.url, portal.adminToken, signal)
  const deviceIds = scenario.sites.map(({ deviceId }) => deviceId)
  const keys = await deviceKeys(folder, deviceIds)
  const { areas, newSensors } = await setUpPortal(scenario, keys, requests, signal)
  say(
    `${grouped(deviceIds.length)} simulated sensors in ${grouped(areas)} areas, ${grouped(newSensors)} of them new.`,
  )
  if (firmware === 0) return
  const enrolments = fleetEnrolments({ scenario, count: firmware, folder })
  await untilDone(() => requests.enrol(enrolments), { signal })
  const ids = enrolments.map(({ device }) => device.device_id)
  say(`${ids.length} devices with real firmware: ${ids.join(', ')}`)
}
