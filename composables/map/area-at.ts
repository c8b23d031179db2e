import type { Place } from './around.ts'

type Outline = GeoJSON.Polygon | GeoJSON.MultiPolygon

interface Shape {
  areaId: string
  geometry: Outline
  isParent: boolean
}

/** The innermost of these areas that holds a place; null where none does. Outlines are drawn coarsely: near a border it may err. */
export function areaAt(shapes: readonly Shape[], place: Place): string | null {
  const holding = shapes.filter(({ geometry }) => isInside(geometry, place))
  const [nearest] = [...holding].sort((a, b) => Number(a.isParent) - Number(b.isParent))
  return nearest?.areaId ?? null
}

const isInside = (geometry: Outline, place: Place): boolean =>
  geometry.type === 'Polygon'
    ? isInRings(geometry.coordinates, place)
    : geometry.coordinates.some((rings) => isInRings(rings, place))

/** By how many borders lie to the east: holes count as borders too. */
function isInRings(rings: readonly GeoJSON.Position[][], { latitude, longitude }: Place): boolean {
  const borders = rings.flatMap((ring) =>
    ring.filter((corner, index) => {
      const [x1 = 0, y1 = 0] = corner
      const [x2 = 0, y2 = 0] = ring[(index + 1) % ring.length] ?? corner
      if (y1 > latitude === y2 > latitude) return false
      return longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1
    }),
  )
  return borders.length % 2 === 1
}
