import { divIcon, marker, type Map as LeafletMap, type Marker } from 'leaflet'
import type { MapFeature, StateCounts } from '../../shared/api/map.ts'

const HEIGHT_PX = 44
/** Of the figures, a little more than the widest digit; and of what is left and right of them. */
const DIGIT_PX = 9
const SMALL_DIGIT_PX = 5.5
const SIDES_PX = 18
const ZOOM_STEP = 2

/** What a cluster says, in the page's language. */
export interface ClusterWords {
  /** Read out and shown as a hint. */
  label: (counts: StateCounts) => string
  number: (count: number) => string
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
  const figure = words.number(isOff ? counts.off : total)
  const small = isOff ? words.of(total) : ''
  const cluster = marker([latitude, longitude], {
    keyboard: true,
    title: words.label(counts),
    alt: words.label(counts),
    icon: divIcon({
      className: isOff ? 'cluster cluster-off' : 'cluster',
      html: `<b>${figure}</b>${small && `<small>${small}</small>`}`,
      iconSize: [widthPx(figure, small), HEIGHT_PX],
    }),
  })
  cluster.on('add', () => cluster.getElement()?.setAttribute('aria-label', words.label(counts)))
  return cluster.on('click keypress', () =>
    map.setView(cluster.getLatLng(), map.getZoom() + ZOOM_STEP),
  )
}

/** Round while the figures fit in, longer where they do not. */
function widthPx(figure: string, small: string): number {
  const text = Math.max(figure.length * DIGIT_PX, small.length * SMALL_DIGIT_PX)
  return Math.max(HEIGHT_PX, Math.round(text + SIDES_PX))
}
