import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { areaIdOf, areasOf } from './areas.ts'
import { readAtlas } from './atlas.ts'
import { deviceIdOf } from './device-id.ts'
import { readOutages, type Outage } from './outage-table.ts'
import type { Interruption, Scenario, Site } from './scenario.ts'

/** A site where real outages were. */
export interface HeleneSite extends Site {
  countyFips: string
  county: string
}

interface HeleneScenario extends Scenario {
  sites: HeleneSite[]
}

const MINUTE_MS = 60_000
const FILE = new URL('data/helene.csv', import.meta.url)

/** Two days of real outages in Kentucky and Virginia, at the places where they were. */
export async function readHelene(): Promise<HeleneScenario> {
  const path = fileURLToPath(FILE)
  const sites = sitesOf('helene', readOutages(await readFile(path, 'utf8'), path))
  return {
    name: 'helene',
    notice:
      'Replay of real outages (Hurricane Helene, LG&E/KU, 27–28 September 2024), simulated sensors',
    noticeHi:
      'असली बिजली कटौतियों के आँकड़े दोबारा चलाए जा रहे हैं (तूफ़ान हेलेन, LG&E/KU, 27–28 सितंबर 2024), सेंसर कृत्रिम हैं',
    movedDays: 0,
    timeZone: 'America/New_York',
    region: 'US',
    beginAt: Date.parse('2024-09-27T00:00:00Z'),
    endAt: Date.parse('2024-09-29T00:00:00Z'),
    heartbeatMs: 15 * MINUTE_MS,
    mapCenter: '37.6,-85.3',
    mapZoom: '7.5',
    // Service voltages of ANSI C84.1; local evening is 23:00 UTC in Kentucky's summer.
    supply: { nominalMv: [120_000, 240_000], lowestAtDayShare: 23 / 24 },
    sites,
    areasFor: async (chosen) => {
      const ids = new Set(chosen.map(({ deviceId }) => deviceId))
      return areasOf(
        sites.filter(({ deviceId }) => ids.has(deviceId)),
        await readAtlas(),
      )
    },
  }
}

/** One site per distinct coordinate, in the order of the table; a sensor serves as many customers as were ever out there. */
export function sitesOf(scenario: string, outages: Outage[]): HeleneSite[] {
  const places = Map.groupBy(outages, ({ latitude, longitude }) => `${latitude},${longitude}`)
  return [...places].flatMap(([place, here]) => {
    const [first] = here
    if (first === undefined) return []
    const county = { countyFips: first.county_fips, county: first.county }
    return {
      deviceId: deviceIdOf(`${scenario}:${place}`),
      latitude: first.latitude,
      longitude: first.longitude,
      customers: Math.max(...here.map((outage) => outage.customers_max)),
      areaId: areaIdOf(county),
      ...county,
      interruptions: interruptionsOf(place, here),
    }
  })
}

function interruptionsOf(place: string, outages: Outage[]): Interruption[] {
  const interruptions = outages
    .map(({ start_time, last_seen }) => ({
      startAt: Date.parse(start_time),
      endAt: Date.parse(last_seen),
    }))
    .toSorted((a, b) => a.startAt - b.startAt)
  for (const [index, { startAt }] of interruptions.entries()) {
    const before = interruptions[index - 1]
    if (before !== undefined && startAt <= before.endAt) {
      throw new Error(`outages at ${place}: expected one after the other, got two at once`)
    }
  }
  return interruptions
}
