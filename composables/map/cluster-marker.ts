import { divIcon, marker, type Map as LeafletMap, type Marker } from 'leaflet'
import type { MapFeature, StateCounts } from '../../shared/api/map.ts'

const SIZE_PX = 44
const ZOOM_STEP = 2

/** What a cluster says, in the page's language. */
export interface ClusterWords {
  /** Read out and shown as a hint. */
  label: (counts: StateCounts) => string
  /** "of 12". */
  of: (count: number) => string
}

/** Several devices in one place: a button that says how many and how many of them are off. */
export function clusterMarker(
  map: LeafletMap,
  { geometry }: MapFeature,
  counts: StateCounts,
  words: ClusterWords,
): Marker {
  const [longitude, latitude] = geometry.coordinates
  const total = counts.on + counts.off + counts.silent
  const isOff = counts.off > 0
  const label = isOff ? `<b>${counts.off}</b><small>${words.of(total)}</small>` : `<b>${total}</b>`
  const cluster = marker([latitude, longitude], {
    keyboard: true,
    title: words.label(counts),
    alt: words.label(counts),
    icon: divIcon({
      className: isOff ? 'cluster cluster-off' : 'cluster',
      html: label,
      iconSize: [SIZE_PX, SIZE_PX],
    }),
  })
  cluster.on('add', () => cluster.getElement()?.setAttribute('aria-label', words.label(counts)))
  return cluster.on('click keypress', () =>
    map.setView(cluster.getLatLng(), map.getZoom() + ZOOM_STEP),
  )
}
