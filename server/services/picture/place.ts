import type { DeviceState } from '../../../shared/api/map.ts'
import { boundsAround, boundsOf, type AreaGeometry } from '../../../shared/area-geometry.ts'
import type { Deps } from '../deps.ts'

/** Where it is: the outline of an area, the places of sensors in it, as SVG. */

export interface PicturePlace {
  outline: AreaGeometry | null
  /** Longitude and latitude in degrees. */
  points: { state: DeviceState; at: readonly [number, number] }[]
}

/** In pixels. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

type Project = (position: readonly [number, number]) => readonly [x: number, y: number]

const RADIANS = Math.PI / 180
/** A single sensor is not drawn as large as the world. */
const MIN_DEGREES = 0.02
/** Sensors nearer to each other are one dot: there may be a hundred thousand. */
const DOT_STEP = 7
const LINE = '#8a827b'
/** As the map and its legend have them: told apart by size and shape too. What is off lies above the rest. */
const DOTS: Record<DeviceState, string> = {
  on: 'r="4.5" fill="#0f766e"',
  silent: 'r="4.5" fill="#ffffff" stroke="#57534e" stroke-width="2"',
  off: 'r="8.5" fill="#b3261e" stroke="#ffffff" stroke-width="2"',
}
const DRAWN_ORDER = ['on', 'silent', 'off'] as const

export const dot = (state: DeviceState, x: number, y: number): string =>
  `<circle cx="${x}" cy="${y}" ${DOTS[state]}/>`

/** Of an area, as the map draws it; null where none was imported. */
export async function outlineOf(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
): Promise<AreaGeometry | null> {
  const row = await models.areas.findById(areaId, { outline: 1 }).lean()
  return row?.outline ?? null
}

/** Null where neither outline nor any point is known. */
export function drawPlace({ outline, points }: PicturePlace, box: Box): string | null {
  if (outline === null && points.length === 0) return null
  const bounds = outline
    ? boundsOf(outline)
    : boundsAround(points.map(({ at: [longitude, latitude] }) => [longitude, latitude]))
  const project = projectionInto(bounds, box)
  return [outline && outlinePath(outline, project), ...dotsOf(points, project)].join('')
}

/** Equirectangular around the middle: a district is small enough for it. */
function projectionInto([west, south, east, north]: readonly number[], box: Box): Project {
  const [w = 0, s = 0, e = 0, n = 0] = [west, south, east, north]
  const middle = [(w + e) / 2, (s + n) / 2] as const
  const shrink = Math.cos(middle[1] * RADIANS)
  const scale = Math.min(
    box.width / (Math.max(e - w, MIN_DEGREES) * shrink),
    box.height / Math.max(n - s, MIN_DEGREES),
  )
  return ([longitude, latitude]) => [
    box.left + box.width / 2 + (longitude - middle[0]) * shrink * scale,
    box.top + box.height / 2 - (latitude - middle[1]) * scale,
  ]
}

function outlinePath(outline: AreaGeometry, project: Project): string {
  const rings =
    outline.type === 'Polygon' ? outline.coordinates : outline.coordinates.flatMap((part) => part)
  const path = rings
    .map(
      (ring) => `M${ring.map((at) => project(at).map((pixels) => pixels.toFixed(1))).join('L')}Z`,
    )
    .join('')
  return `<path d="${path}" fill="#ffffff" fill-rule="evenodd" stroke="${LINE}" stroke-width="2.5" stroke-linejoin="round"/>`
}

function dotsOf(points: PicturePlace['points'], project: Project): string[] {
  const rounded = (pixels: number) => Math.round(pixels / DOT_STEP) * DOT_STEP
  return DRAWN_ORDER.flatMap((state) => {
    const places = points.filter((point) => point.state === state).map(({ at }) => project(at))
    return [...new Set(places.map(([x, y]) => dot(state, rounded(x), rounded(y))))]
  })
}
