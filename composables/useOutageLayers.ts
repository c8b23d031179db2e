import { canvas, type Map as LeafletMap } from 'leaflet'
import type { MapFeature } from '../shared/api/map.ts'
import type { AreaSummary } from './map/area-figures.ts'
import { createAreaLayer } from './map/area-layer.ts'
import type { ClusterWords } from './map/cluster-marker.ts'
import { createDeviceLayer } from './map/device-layer.ts'
import { readPalette } from './map/palette.ts'
import type { AreaOutline } from './useAreas.ts'

/** What a visitor pointed at. */
export interface Chosen {
  kind: 'device' | 'area'
  id: string
  /** True when it was chosen elsewhere, and the map has to go there. */
  isFar?: boolean
}

export interface OutageLayerOptions {
  /** The map, once it stands. */
  map: Readonly<Ref<LeafletMap | null>>
  features: Readonly<Ref<readonly MapFeature[]>>
  outlines: Readonly<Ref<readonly AreaOutline[]>>
  areas: Readonly<Ref<readonly AreaSummary[]>>
  chosen: Readonly<Ref<Chosen | null>>
  /** Name of the colour theme; the canvas is painted anew when it changes. */
  theme: Readonly<Ref<string>>
  /** What stands on a cluster and is read out of it. */
  clusterWords: ClusterWords
  /** Whether map tiles lie beneath. */
  hasGround: boolean
  onChoose: (chosen: Chosen | null) => void
  onMove: (view: MapView) => void
}

/** A finger is wider than a sign: pixels around it that count as hitting it. */
const REACH_PX = 8
/** How an area is shown when the map goes there. */
const MARGIN_PX: [number, number] = [32, 32]
const NEAR_ZOOM = 10

/** Draws areas and devices on a Leaflet map, keeps them current, and takes them away with the component. */
export function useOutageLayers(options: OutageLayerOptions): void {
  const { map, features, outlines, areas, chosen, theme, clusterWords, hasGround } = options
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
    const report = () => onMove(viewOf(leaflet))
    const forget = () => onChoose(null)
    const chosenId = (kind: Chosen['kind']) =>
      chosen.value?.kind === kind ? chosen.value.id : null
    const shade = () => areaLayer.shade(areas.value, palette.value, hasGround, chosenId('area'))

    function onChosen() {
      deviceLayer.choose(chosenId('device'))
      const areaId = chosenId('area')
      areaLayer.raise(areaId)
      const bounds = areaId !== null && chosen.value?.isFar ? areaLayer.boundsOf(areaId) : null
      if (bounds)
        leaflet.invalidateSize().fitBounds(bounds, { padding: MARGIN_PX, maxZoom: NEAR_ZOOM })
    }

    const stops = [
      watch(theme, () => (palette.value = readPalette(leaflet.getContainer())), { flush: 'post' }),
      watch(
        outlines,
        (next) => {
          areaLayer.draw(next)
          shade()
        },
        { immediate: true },
      ),
      watch([areas, palette, chosen], shade),
      watch(palette, (next) => deviceLayer.paint(next)),
      watch(features, (next) => deviceLayer.draw(next, palette.value), { immediate: true }),
      watch(chosen, onChosen, { flush: 'post' }),
    ]
    const container = leaflet.getContainer()
    // Hidden it has no size and shows nothing: no view to report.
    const resized = new ResizeObserver(() => container.offsetWidth > 0 && leaflet.invalidateSize())
    resized.observe(container)
    leaflet.attributionControl.setPrefix(false)
    leaflet.on('moveend', report).on('click', forget)
    report()

    return () => {
      for (const stop of stops) stop()
      resized.disconnect()
      leaflet.off('moveend', report).off('click', forget)
      deviceLayer.remove()
      areaLayer.remove()
      renderer.remove()
    }
  }
}

function viewOf(leaflet: LeafletMap): MapView {
  const bounds = leaflet.getBounds()
  return {
    west: Math.max(-180, bounds.getWest()),
    south: Math.max(-90, bounds.getSouth()),
    east: Math.min(180, bounds.getEast()),
    north: Math.min(90, bounds.getNorth()),
    zoom: Math.round(leaflet.getZoom()),
  }
}
