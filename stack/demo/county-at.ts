import { geoBounds, geoContains } from 'd3-geo'
import type { AtlasPlace, Outline, Position } from './atlas.ts'

/** Finds the place that contains a position, or undefined; the outlines are prepared once. */
export function countyFinder(
  counties: AtlasPlace[],
): (position: Position) => AtlasPlace | undefined {
  const prepared = counties.map((county) => {
    const outline = windForD3(county.outline)
    return { county, outline, bounds: geoBounds(outline) }
  })
  return ([longitude, latitude]) =>
    prepared.find(
      ({ outline, bounds: [[west, south], [east, north]] }) =>
        west <= longitude &&
        longitude <= east &&
        south <= latitude &&
        latitude <= north &&
        geoContains(outline, [longitude, latitude]),
    )?.county
}

/** d3-geo takes a ring's inside to be on its right: the opposite of RFC 7946. */
function windForD3(outline: Outline): Outline {
  const wind = (ring: Position[]): Position[] => ring.toReversed()
  return outline.type === 'Polygon'
    ? { type: 'Polygon', coordinates: outline.coordinates.map(wind) }
    : { type: 'MultiPolygon', coordinates: outline.coordinates.map((part) => part.map(wind)) }
}
