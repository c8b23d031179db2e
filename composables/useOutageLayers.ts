import { canvas, latLngBounds, type Map as LeafletMap } from 'leaflet'
import type { MapFeature } from '../shared/api/map.ts'
import type { AreaSummary } from './map/area-figures.ts'
import type { Place } from './map/around.ts'
import { createAreaLabels } from './map/area-labels.ts'
import { createAreaLayer } from './map/area-layer.ts'
import type { ClusterWords } from './map/cluster-marker.ts'
import { createDeviceLayer } from './map/device-layer.ts'
import { createHere } from './map/here.ts'
import { readPalette } from './map/palette.ts'
import type { AreaOutline } from './useAreas.ts'

/** Where the map is to go. */
export type MapTarget =
  | { kind: 'area'; areaId: string }
  | { kind: 'box'; bbox: readonly [west: number, south: number, east: number, north: number] }
  | { kind: 'place'; place: Place; isHere: boolean }

export interface OutageLayerOptions {
  /** The map, once it stands. */
  map: Readonly<Ref<LeafletMap | null>>
  features: Readonly<Ref<readonly MapFeature[]>>
  outlines: Readonly<Ref<readonly AreaOutline[]>>
  areas: Readonly<Ref<readonly AreaSummary[]>>
  chosen: Readonly<Ref<Chosen | null>>
  /** Each new one moves the map. */
  target: Readonly<Ref<MapTarget | null>>
  /** Name of the colour theme; the canvas is painted anew when it changes. */
  theme: Readonly<Ref<string>>
  /** What stands on a cluster and is read out of it. */
  clusterWords: ClusterWords
  /** Whether map tiles lie beneath. */
  hasGround: boolean
  onChoose: (chosen: Chosen | null) => void
  onMove: (position: MapPosition) => void
}

export interface MapPosition extends MapView {
  latitude: number
  longitude: number
  exactZoom: number
}

/** A finger is wider than a sign: pixels around it that count as hitting it. */
const REACH_PX = 8
/** How an area is shown when the map goes there. */
const MARGIN_PX: [number, number] = [32, 32]
const AREA_ZOOM = 12
const PLACE_ZOOM = 15
/** Further out than this the shaded areas tell more than numbers on top of them. */
const CLUSTER_ZOOM = 7

/** Draws areas and devices on a Leaflet map, keeps them current, and takes them away with the component. */
export function useOutageLayers(options: OutageLayerOptions): void {
  const { map, features, outlines, areas, chosen, target, theme, clusterWords, hasGround } = options
  const { onChoose, onMove } = options

  watch(map, (leaflet, _, onCleanup) => {
    if (leaflet) onCleanup(attach(leaflet))
  })

  function attach(leaflet: LeafletMap): () => void {
    const renderer = canvas({ tolerance: REACH_PX, padding: 0.2 }).addTo(leaflet)
    const areaLayer = createAreaLayer(leaflet, renderer, (id) => onChoose({ kind: 'area', id }))
    const deviceLayer = createDeviceLayer(leaflet, renderer, clusterWords, (id) =>
      onChoose({ kind: 'device', id }),
    )
    const palette = shallowRef(readPalette(leaflet.getContainer()))
    const labels = hasGround ? null : createAreaLabels(leaflet)
    const here = createHere(leaflet)
    function onMoved() {
      onMove(viewOf(leaflet))
      labels?.place()
    }
    const forget = () => onChoose(null)
    const chosenId = (kind: Chosen['kind']) =>
      chosen.value?.kind === kind ? chosen.value.id : null
    const shade = () => areaLayer.shade(areas.value, palette.value, hasGround, chosenId('area'))

    function onChosen() {
      deviceLayer.choose(chosenId('device'))
      areaLayer.raise(chosenId('area'))
    }

    function goTo(next: MapTarget | null) {
      if (!next) return
      leaflet.invalidateSize()
      if (next.kind === 'place') {
        const { latitude, longitude } = next.place
        if (next.isHere) here.show(next.place, palette.value)
        leaflet.setView([latitude, longitude], Math.max(leaflet.getZoom(), PLACE_ZOOM))
        return
      }
      const bounds = next.kind === 'box' ? boundsOf(next.bbox) : areaLayer.boundsOf(next.areaId)
      if (bounds) leaflet.fitBounds(bounds, { padding: MARGIN_PX, maxZoom: AREA_ZOOM })
    }

    /** Shaded areas are enough from afar. */
    function drawDevices() {
      const isFar = leaflet.getZoom() < CLUSTER_ZOOM && outlines.value.length > 0
      const shown = isFar
        ? features.value.filter(({ properties }) => properties.kind === 'device')
        : features.value
      deviceLayer.draw(shown, palette.value)
    }

    const stops = [
      watch(theme, () => (palette.value = readPalette(leaflet.getContainer())), { flush: 'post' }),
      watch(
        outlines,
        (next) => {
          areaLayer.draw(next)
          shade()
          onChosen()
          labels?.draw(next)
        },
        { immediate: true },
      ),
      watch([areas, palette, chosen], shade),
      watch(palette, (next) => deviceLayer.paint(next)),
      watch([features, outlines], drawDevices, { immediate: true }),
      watch(chosen, onChosen, { flush: 'post', immediate: true }),
      watch(target, goTo, { flush: 'post' }),
    ]
    const container = leaflet.getContainer()
    // Hidden it has no size and shows nothing: no view to report.
    const resized = new ResizeObserver(() => container.offsetWidth > 0 && leaflet.invalidateSize())
    resized.observe(container)
    leaflet.attributionControl.setPrefix(false)
    leaflet.on('moveend', onMoved).on('click', forget)
    onMoved()

    return () => {
      for (const stop of stops) stop()
      resized.disconnect()
      leaflet.off('moveend', onMoved).off('click', forget)
      labels?.remove()
      here.remove()
      deviceLayer.remove()
      areaLayer.remove()
      renderer.remove()
    }
  }
}

const boundsOf = ([west, south, east, north]: readonly [number, number, number, number]) =>
  latLngBounds([south, west], [north, east])

/** The view a link names: its middle is not that of its bounds, by the map's projection. */
function viewOf(leaflet: LeafletMap): MapPosition {
  const { lat, lng } = leaflet.getCenter()
  const bounds = leaflet.getBounds()
  return {
    west: Math.max(-180, bounds.getWest()),
    south: Math.max(-90, bounds.getSouth()),
    east: Math.min(180, bounds.getEast()),
    north: Math.min(90, bounds.getNorth()),
    zoom: Math.round(leaflet.getZoom()),
    latitude: lat,
    longitude: lng,
    exactZoom: leaflet.getZoom(),
  }
}
