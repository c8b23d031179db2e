import type { Area } from './areas.ts'
import type { Supply } from './voltage.ts'

/** Mains were away from `startAt` (ms since 1970) to `endAt`; an end after the period means: for the rest of it. */
export interface Interruption {
  startAt: number
  endAt: number
}

/** One simulated transformer sensor. */
export interface Site {
  deviceId: string
  latitude: number
  longitude: number
  customers: number
  /** The area it is enrolled in; null lets the portal find the one that holds it. */
  areaId: string | null
  /** In order of time, without overlaps. */
  interruptions: Interruption[]
}

/** What the demo replays. Each has a file of its own that says where its data come from. */
export interface Scenario {
  name: string
  /** What every page says of it. */
  notice: string
  noticeHi: string
  /** Whole days by which all its times were moved; 0 where they are those at which it happened. */
  movedDays: number
  /** IANA zone and ISO 3166 region of the place. */
  timeZone: string
  region: string
  beginAt: number
  endAt: number
  heartbeatMs: number
  mapCenter: string
  mapZoom: string
  supply: Supply
  /** The first N are a fair sample for every N. */
  sites: Site[]
  /** The areas in which these sites lie, each after the one it lies in. */
  areasFor(sites: readonly Site[]): Promise<Area[]>
}
