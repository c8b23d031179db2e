import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readOutages, type Outage } from './outage-table.ts'

/** Mains were away from `startAt` (ms since 1970) to `endAt`; an end after the period means: for the rest of it. */
export interface Interruption {
  startAt: number
  endAt: number
}

/** One simulated transformer sensor, standing where real outages were. */
export interface Site {
  deviceId: string
  latitude: number
  longitude: number
  customers: number
  countyFips: string
  county: string
  /** In order of time, without overlaps. */
  interruptions: Interruption[]
}

export interface Scenario {
  name: string
  /** What every page says of it. */
  notice: string
  beginAt: number
  endAt: number
  heartbeatMs: number
  mapCenter: string
  mapZoom: string
  /** The first N are a fair sample for every N. */
  sites: Site[]
}

const MINUTE_MS = 60_000
const DEVICE_ID_BYTES = 9

const helene = {
  notice:
    'Replay of real outages (Hurricane Helene, LG&E/KU, 27–28 September 2024), simulated sensors',
  file: new URL('data/helene.csv', import.meta.url),
  beginAt: Date.parse('2024-09-27T00:00:00Z'),
  endAt: Date.parse('2024-09-29T00:00:00Z'),
  mapCenter: '37.6,-85.3',
  mapZoom: '7',
}

const definitions = { helene }
export type ScenarioName = keyof typeof definitions

/** The scenarios there are. */
export const scenarioNames = Object.keys(definitions)

/** Narrows a name to a scenario there is. */
export const isScenarioName = (name: string): name is ScenarioName =>
  Object.hasOwn(definitions, name)

/** Reads a scenario; throws when its data are not what is expected. */
export async function readScenario(name: ScenarioName): Promise<Scenario> {
  const { file, ...facts } = definitions[name]
  const path = fileURLToPath(file)
  const outages = readOutages(await readFile(path, 'utf8'), path)
  return { name, heartbeatMs: 15 * MINUTE_MS, ...facts, sites: sitesOf(name, outages) }
}

/** One site per distinct coordinate, in the order of the table; a sensor serves as many customers as were ever out there. */
export function sitesOf(scenario: string, outages: Outage[]): Site[] {
  const places = Map.groupBy(outages, ({ latitude, longitude }) => `${latitude},${longitude}`)
  return [...places].flatMap(([place, here]) => {
    const [first] = here
    if (first === undefined) return []
    return {
      deviceId: deviceIdOf(`${scenario}:${place}`),
      latitude: first.latitude,
      longitude: first.longitude,
      customers: Math.max(...here.map((outage) => outage.customers_max)),
      countyFips: first.county_fips,
      county: first.county,
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

/** The serial number a secure element would have: the same for the same site, however often the demo is set up. */
const deviceIdOf = (site: string): string =>
  createHash('sha256')
    .update(site)
    .digest('hex')
    .slice(0, DEVICE_ID_BYTES * 2)
    .toUpperCase()
