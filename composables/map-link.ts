import type { DeviceState } from '../shared/api/map.ts'
import { queryText } from './query-text.ts'

/** In the order in which people ask. */
export const MAP_STATES = ['off', 'on', 'silent'] as const satisfies readonly DeviceState[]

/** What was pointed at. */
export interface Chosen {
  kind: 'device' | 'area'
  id: string
}

/** What the address of the map says, so that a link opens the same; what it leaves out is as the portal has it. */
export interface MapLink {
  /** Middle of the view, in degrees. */
  latitude?: number | undefined
  longitude?: number | undefined
  zoom?: number | undefined
  chosen?: Chosen | null | undefined
  /** States shown; without it, all. */
  states?: readonly DeviceState[] | undefined
  /** A moment past, ISO 8601; null: now. */
  at?: string | null | undefined
}

/** About ten metres. */
const PLACE_DECIMALS = 4
const ZOOM_DECIMALS = 1
const MAX_LATITUDE = 85
const MAX_LONGITUDE = 180
const MAX_ZOOM = 18
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

type Query = Readonly<Record<string, unknown>>

/** The members of an address's query. */
export const mapLinkQuery = ({ latitude, longitude, zoom, chosen, states, at }: MapLink) => ({
  lat: latitude?.toFixed(PLACE_DECIMALS),
  lon: longitude?.toFixed(PLACE_DECIMALS),
  zoom: zoom === undefined ? undefined : Number(zoom.toFixed(ZOOM_DECIMALS)),
  area: chosen?.kind === 'area' ? chosen.id : undefined,
  device: chosen?.kind === 'device' ? chosen.id : undefined,
  show: states && states.length < MAP_STATES.length ? states.join(' ') : undefined,
  at: at ?? undefined,
})

/** Reads an address's query; what makes no sense in it is left out. */
export function mapLinkOf(query: Query): MapLink {
  const text = (name: string) => queryText(query, name)
  const degrees = (name: string, limit: number) => {
    const value = Number(text(name))
    return Math.abs(value) <= limit ? value : undefined
  }
  const at = text('at')
  const zoom = Number(text('zoom'))
  const area = text('area')
  const device = text('device')
  const shown = text('show')?.split(' ')
  const states = MAP_STATES.filter((state) => shown?.includes(state))
  return {
    latitude: degrees('lat', MAX_LATITUDE),
    longitude: degrees('lon', MAX_LONGITUDE),
    zoom: zoom >= 0 && zoom <= MAX_ZOOM ? zoom : undefined,
    chosen: device ? { kind: 'device', id: device } : area ? { kind: 'area', id: area } : null,
    states: states.length > 0 ? states : undefined,
    at: at && MOMENT.test(at) && !Number.isNaN(Date.parse(at)) ? at : null,
  }
}
