import {
  geoJSON,
  tooltip,
  type LatLngBounds,
  type LatLngTuple,
  type Map as LeafletMap,
  type Tooltip,
} from 'leaflet'
import type { AreaOutline } from '../useAreas.ts'

/** What a letter takes, and what a line does. */
const LETTER_PX = 7
const LINE_PX = 20
/** Names of areas that are crowded by this many others help nobody. */
const MOST = 60
/** Above the middle, where most sensors stand: share of the height, from the top. */
const DOWN = 0.25
const LABEL = {
  permanent: true,
  direction: 'center',
  className: 'area-name',
  // On top of areas and sensors, behind the figures of clusters.
  pane: 'shadowPane',
} as const

interface Label {
  areaId: string
  name: string
  bounds: LatLngBounds
}

function above(bounds: LatLngBounds): LatLngTuple {
  const down = (bounds.getNorth() - bounds.getSouth()) * DOWN
  return [bounds.getNorth() - down, bounds.getCenter().lng]
}

/** Names of areas on a map without tiles, where there is room for them. */
export function createAreaLabels(map: LeafletMap) {
  let labels: Label[] = []
  const shown = new Map<string, Tooltip>()

  function hasRoom({ name, bounds }: Label): boolean {
    if (!map.getBounds().intersects(bounds)) return false
    const low = map.latLngToLayerPoint(bounds.getSouthWest())
    const high = map.latLngToLayerPoint(bounds.getNorthEast())
    return high.x - low.x > name.length * LETTER_PX && low.y - high.y > LINE_PX
  }

  /** Shows the names that fit the present view. */
  function place() {
    const fitting = labels.filter(hasRoom)
    const wanted = new Map(
      (fitting.length > MOST ? [] : fitting).map((label) => [label.areaId, label]),
    )
    for (const [areaId, label] of shown) {
      if (wanted.has(areaId)) continue
      label.remove()
      shown.delete(areaId)
    }
    for (const [areaId, { name, bounds }] of wanted) {
      if (shown.has(areaId)) continue
      const text = document.createElement('span')
      text.textContent = name
      shown.set(areaId, tooltip(above(bounds), { ...LABEL, content: text }).addTo(map))
    }
  }

  return {
    draw(outlines: readonly AreaOutline[]) {
      labels = outlines
        .filter(({ isParent }) => !isParent)
        .map(({ areaId, name, geometry }) => ({
          areaId,
          name,
          bounds: geoJSON(geometry).getBounds(),
        }))
      place()
    },
    place,
    remove() {
      for (const label of shown.values()) label.remove()
      shown.clear()
    },
  }
}
