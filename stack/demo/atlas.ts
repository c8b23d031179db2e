import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'

type Topology = Parameters<typeof feature>[0]

/** A longitude and a latitude, in degrees. */
export type Position = [longitude: number, latitude: number]

/** GeoJSON, RFC 7946 §3.1: outer rings counter-clockwise, holes clockwise. */
export type Outline =
  | { type: 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] }

/** A state (2 digits) or county (5 digits) of the United States. */
export interface AtlasPlace {
  fips: string
  name: string
  outline: Outline
}

export interface Atlas {
  states: AtlasPlace[]
  counties: AtlasPlace[]
}

// Under this name unused-dependency checks see what is read.
const require = createRequire(import.meta.url)

/** About 11 m at these latitudes: finer than the source, 1:10,000,000. */
const OUTLINE_DECIMALS = 4

/** Reads the states and counties of the us-atlas package; throws when its file is not what is understood here. */
export async function readAtlas(): Promise<Atlas> {
  const path = require.resolve('us-atlas/counties-10m.json')
  const topology: unknown = JSON.parse(await readFile(path, 'utf8'))
  if (!isTopology(topology)) throw new Error(`${path}: expected a TopoJSON topology`)
  return { states: placesOf(topology, 'states'), counties: placesOf(topology, 'counties') }
}

function isTopology(value: unknown): value is Topology {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'Topology' &&
    'objects' in value &&
    'arcs' in value &&
    Array.isArray(value.arcs)
  )
}

function placesOf(topology: Topology, object: string): AtlasPlace[] {
  const geometry = topology.objects[object]
  if (geometry === undefined) throw new Error(`us-atlas: expected an object "${object}", got none`)
  const collection = feature(topology, geometry)
  if (collection.type !== 'FeatureCollection') {
    throw new Error(`us-atlas ${object}: expected a FeatureCollection, got ${collection.type}`)
  }
  return collection.features.map(({ id, properties, geometry }) => {
    const name: unknown = properties?.['name']
    if (typeof id !== 'string' || typeof name !== 'string') {
      throw new Error(
        `us-atlas ${object}: expected an id and a name, got ${id} and ${String(name)}`,
      )
    }
    if (geometry.type === 'Polygon') {
      const coordinates = rings(geometry.coordinates)
      return { fips: id, name, outline: { type: 'Polygon', coordinates } }
    }
    if (geometry.type === 'MultiPolygon') {
      const coordinates = geometry.coordinates.map(rings)
      return { fips: id, name, outline: { type: 'MultiPolygon', coordinates } }
    }
    throw new Error(`us-atlas ${object} ${id}: expected a polygon, got ${geometry.type}`)
  })
}

/** us-atlas winds its rings as d3-geo wants them, which is against RFC 7946 §3.1.6. */
const rings = (polygon: number[][][]): Position[][] =>
  polygon.map((ring) => withoutRepeats(ring.map(rounded)).reverse())

function rounded([longitude, latitude]: number[]): Position {
  if (longitude === undefined || latitude === undefined) {
    throw new Error('us-atlas: expected a position of two numbers')
  }
  return [Number(longitude.toFixed(OUTLINE_DECIMALS)), Number(latitude.toFixed(OUTLINE_DECIMALS))]
}

/** Rounding may lay two neighbours onto one another, which a geo index refuses. */
const withoutRepeats = (ring: Position[]): Position[] =>
  ring.filter(([longitude, latitude], index) => {
    const before = ring[index - 1]
    return before === undefined || before[0] !== longitude || before[1] !== latitude
  })
