import type { DeviceKey } from './device-keys.ts'
import { untilDone } from './patience.ts'
import type { PortalRequests } from './portal-requests.ts'
import type { Scenario, Site } from './scenario.ts'

/**
 * Registers the areas and enrols a transformer sensor per site, as an administrator would. What is registered already
 * stays as it is; returns how many areas and how many new sensors there are.
 */
export async function setUpPortal(
  { sites, areasFor }: Pick<Scenario, 'sites' | 'areasFor'>,
  keys: Map<string, DeviceKey>,
  portal: Pick<PortalRequests, 'putArea' | 'enrol'>,
  signal: AbortSignal,
): Promise<{ areas: number; newSensors: number }> {
  const areas = await areasFor(sites)
  // One after the other: an area is refused while the one it lies in is unknown.
  for (const { id, request } of areas) {
    await untilDone(() => portal.putArea(id, request), { signal })
  }
  const enrolments = sites.map((site) => ({
    ...(site.areaId !== null && { area_id: site.areaId }),
    device: {
      device_id: site.deviceId,
      public_key: publicKeyOf(site, keys),
      stage: 'transformer' as const,
      customers_served: site.customers,
      latitude: site.latitude,
      longitude: site.longitude,
    },
  }))
  const answers = await untilDone(() => portal.enrol(enrolments), { signal })
  return {
    areas: areas.length,
    newSensors: answers.filter((answer) => answer.status === 'enrolled').length,
  }
}

function publicKeyOf({ deviceId }: Site, keys: Map<string, DeviceKey>): string {
  const key = keys.get(deviceId)
  if (key === undefined) throw new Error(`device ${deviceId}: expected a key, got none`)
  return key.publicKey
}
