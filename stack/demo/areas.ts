import type { AreaRequest } from '../../shared/api/devices.ts'
import type { Atlas, AtlasPlace } from './atlas.ts'

const STATE_DIGITS = 2
/** Postal abbreviations of the states the utility serves, by FIPS code. */
const STATE_ABBREVIATIONS: Partial<Record<string, string>> = { '21': 'ky', '51': 'va' }
/** From this number on, a "county" of Virginia is a city of its own. */
const FIRST_CITY_NUMBER = 500

/** The county a site of Helene lies in. */
interface InCounty {
  countyFips: string
  county: string
}

/** An area as the portal takes it, under its id. */
export interface Area {
  id: string
  request: AreaRequest
}

/** Area of a site: its county. Throws where the county's state is not known here. */
export function areaIdOf({ countyFips, county }: InCounty): string {
  return `${stateId(countyFips)}-${slug(county)}${isCity(countyFips) ? '-city' : ''}`
}

/**
 * The states and counties in which sites lie, states first, with their outlines. None is of a type: the census calls blocks
 * urban or rural, and each of these counties and cities holds both. So complaints get the longer clocks.
 */
export function areasOf(sites: readonly InCounty[], { states, counties }: Atlas): Area[] {
  const countyFips = new Set(sites.map((site) => site.countyFips))
  const stateFips = new Set([...countyFips].map((fips) => fips.slice(0, STATE_DIGITS)))
  return [
    ...[...stateFips].map((fips) => {
      const state = placeOf(states, fips)
      return area(stateId(fips), state, { name: state.name, kind: 'state', parent_id: null })
    }),
    ...[...countyFips].map((fips) => {
      const county = placeOf(counties, fips)
      const city = isCity(fips)
      return area(areaIdOf({ countyFips: fips, county: county.name }), county, {
        name: city ? `City of ${county.name}` : `${county.name} County`,
        kind: city ? 'city' : 'county',
        parent_id: stateId(fips),
      })
    }),
  ]
}

const area = (id: string, place: AtlasPlace, facts: Omit<AreaRequest, 'geometry'>): Area => {
  return { id, request: { ...facts, geometry: place.outline } }
}

function placeOf(places: AtlasPlace[], fips: string): AtlasPlace {
  const place = places.find((candidate) => candidate.fips === fips)
  if (place === undefined) throw new Error(`us-atlas: expected a place ${fips}, got none`)
  return place
}

function stateId(fips: string): string {
  const abbreviation = STATE_ABBREVIATIONS[fips.slice(0, STATE_DIGITS)]
  if (abbreviation === undefined) {
    const known = Object.keys(STATE_ABBREVIATIONS).join(', ')
    throw new Error(`county ${fips}: expected one in the states ${known}`)
  }
  return `us-${abbreviation}`
}

const isCity = (countyFips: string): boolean =>
  Number(countyFips.slice(STATE_DIGITS)) >= FIRST_CITY_NUMBER

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll("'", '')
    .replaceAll(/[^a-z0-9]+/g, '-')
