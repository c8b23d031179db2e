import type { Area } from './areas.ts'
import {
  readBiharBlocks,
  readBiharDistricts,
  readBiharPlaces,
  type BiharBlock,
  type BiharDistrict,
  type BiharPlace,
} from './bihar-data.ts'
import { deviceIdOf } from './device-id.ts'
import { readHelene } from './helene.ts'
import type { Scenario, Site } from './scenario.ts'

const STATE_ID = 'in-br'

/**
 * A sensor at each sub-district headquarters of Bihar, with the outages of a storm in Kentucky: the timing is real, the place
 * is not where it happened. The n-th headquarters has the outages and customers of Helene's n-th site; both are in an order of
 * which the first N are a fair sample.
 */
export async function readBihar(): Promise<Scenario> {
  const [timing, places] = await Promise.all([readHelene(), readBiharPlaces()])
  return {
    name: 'bihar',
    notice:
      'Bihar: replayed timing, simulated place. The outages are those of Hurricane Helene in Kentucky (LG&E/KU, 27–28 September 2024), the sensors are simulated',
    noticeHi:
      'बिहार: समय असली, जगह काल्पनिक। ये कटौतियाँ केंटकी में तूफ़ान हेलेन के दौरान हुई थीं (LG&E/KU, 27–28 सितंबर 2024), सेंसर कृत्रिम हैं',
    movedDays: 0,
    timeZone: 'Asia/Kolkata',
    region: 'IN',
    beginAt: timing.beginAt,
    endAt: timing.endAt,
    heartbeatMs: timing.heartbeatMs,
    mapCenter: '25.9,85.8',
    mapZoom: '7',
    // 230 V, IS 12360; local evening is 14:00 UTC.
    supply: { nominalMv: [230_000], lowestAtDayShare: 14 / 24 },
    sites: sitesOf(places, timing.sites),
    areasFor: async () => biharAreas(await readBiharDistricts(), await readBiharBlocks()),
  }
}

function sitesOf(places: readonly BiharPlace[], timing: readonly Site[]): Site[] {
  return places.map(({ code, latitude, longitude }, index) => {
    const replayed = timing[index]
    if (replayed === undefined) {
      throw new Error(`bihar: expected ${places.length} sites of Helene, got ${timing.length}`)
    }
    const { customers, interruptions } = replayed
    const deviceId = deviceIdOf(`bihar:${code}`)
    return { deviceId, latitude, longitude, customers, areaId: null, interruptions }
  })
}

/**
 * The state, its districts and their blocks; of unknown type, as the census calls towns and villages urban and rural, and a
 * block holds both. Many blocks have names too long for an id, so they go by their number.
 */
function biharAreas(districts: readonly BiharDistrict[], blocks: readonly BiharBlock[]): Area[] {
  const state = { name: 'Bihar', kind: 'state', parent_id: null, geometry: null }
  const districtIds = new Map(
    districts.map(({ properties: { dt_cen_cd, district } }) => [
      dt_cen_cd,
      `${STATE_ID}-${district.toLowerCase().replaceAll(' ', '-')}`,
    ]),
  )
  const districtId = (code: number): string => {
    const id = districtIds.get(code)
    if (id === undefined) throw new Error(`bihar: expected a district ${code}, got none`)
    return id
  }
  return [
    { id: STATE_ID, request: state },
    ...districts.map(({ properties: { dt_cen_cd, district }, geometry }) => ({
      id: districtId(dt_cen_cd),
      request: { name: district, kind: 'district', parent_id: STATE_ID, geometry },
    })),
    ...blocks.map(({ properties: { dt_cen_cd, bl_cen_cd, block }, geometry }) => ({
      id: `${STATE_ID}-block-${bl_cen_cd}`,
      request: { name: block, kind: 'block', parent_id: districtId(dt_cen_cd), geometry },
    })),
  ]
}
