import { control, map as createMap, tileLayer, type Map as LeafletMap } from 'leaflet'

export interface LeafletMapOptions {
  /** Where it stands, once it is mounted. */
  element: Readonly<Ref<HTMLElement | null>>
  center: [latitude: number, longitude: number]
  zoom: number
  /** Empty: no tiles. */
  tileUrl: string
  tileAttribution: string
  zoomIn: string
  zoomOut: string
}

const MIN_ZOOM = 3
const MAX_ZOOM = 18
const ZOOM_SNAP = 0.5
/** A tile that did not come leaves the ground as it is. */
const EMPTY_TILE = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='

/** A Leaflet map with tiles and buttons to zoom, there as long as the component is. */
export function useLeafletMap(options: LeafletMapOptions): Readonly<Ref<LeafletMap | null>> {
  const { element, center, zoom, tileUrl, tileAttribution, zoomIn, zoomOut } = options
  const map = shallowRef<LeafletMap | null>(null)

  function stand(at: HTMLElement) {
    const leaflet = createMap(at, {
      center,
      zoom,
      minZoom: MIN_ZOOM,
      maxZoom: MAX_ZOOM,
      zoomControl: false,
      zoomSnap: ZOOM_SNAP,
      zoomAnimation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    })
    if (tileUrl !== '')
      tileLayer(tileUrl, { attribution: tileAttribution, errorTileUrl: EMPTY_TILE }).addTo(leaflet)
    const titles = { zoomInTitle: zoomIn, zoomOutTitle: zoomOut }
    control.zoom({ position: 'topright', ...titles }).addTo(leaflet)
    map.value = markRaw(leaflet)
  }

  // A component for the browser alone is mounted before its template is.
  watch(
    element,
    (at) => {
      if (at && !map.value) stand(at)
    },
    { flush: 'post', immediate: true },
  )
  // After what watches it let go of it.
  onUnmounted(() => map.value?.remove())
  return map
}
