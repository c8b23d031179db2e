import { circleMarker, type CircleMarker, type Map as LeafletMap } from 'leaflet'
import type { Place } from './around.ts'
import type { MapPalette } from './device-marker.ts'

const RADIUS_PX = 9

/** A ring around where the visitor is: larger than any sign of a sensor, and empty. */
export function createHere(map: LeafletMap) {
  let ring: CircleMarker | null = null
  const remove = () => {
    ring?.remove()
    ring = null
  }
  return {
    show({ latitude, longitude }: Place, { areaLine }: MapPalette) {
      remove()
      const style = { radius: RADIUS_PX, weight: 3, color: areaLine, fillOpacity: 0 }
      ring = circleMarker([latitude, longitude], { ...style, interactive: false }).addTo(map)
    },
    remove,
  }
}
