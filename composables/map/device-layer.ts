import { layerGroup, type Map as LeafletMap, type Renderer } from 'leaflet'
import type { DeviceState, MapFeature } from '../../shared/api/map.ts'
import { clusterMarker, type ClusterWords } from './cluster-marker.ts'
import { DeviceMarker, type MapPalette, type Sign } from './device-marker.ts'

const DRAWN_LAST: readonly DeviceState[] = ['on', 'silent', 'off']

/** Order of drawing: what says OFF lies on top. */
const rank = ({ properties }: MapFeature) =>
  properties.kind === 'device' ? DRAWN_LAST.indexOf(properties.state) : DRAWN_LAST.length

/** From afar signs shrink, so that a town does not hide under them. */
const scaleAt = (zoom: number) =>
  Math.min(1, Math.max(MIN_SCALE, 1 - (NEAR_ZOOM - zoom) * SCALE_STEP))
const NEAR_ZOOM = 10
const SCALE_STEP = 0.14
const MIN_SCALE = 0.6

interface Drawn {
  marker: DeviceMarker
  state: DeviceState
}

/** Devices on one canvas, clusters as buttons. */
export function createDeviceLayer(
  map: LeafletMap,
  renderer: Renderer,
  words: ClusterWords,
  onChoose: (deviceId: string) => void,
) {
  const devices = new Map<string, Drawn>()
  const deviceGroup = layerGroup().addTo(map)
  const clusterGroup = layerGroup().addTo(map)
  let chosenId: string | null = null
  let scale = scaleAt(map.getZoom())

  /** Shows these features; what stands already and did not change is left alone. */
  function draw(features: readonly MapFeature[], palette: MapPalette) {
    const wanted = new Set(features.map(({ id }) => id))
    for (const [id, { marker }] of devices) {
      if (wanted.has(id)) continue
      deviceGroup.removeLayer(marker)
      devices.delete(id)
    }
    clusterGroup.clearLayers()
    for (const feature of [...features].sort((a, b) => rank(a) - rank(b))) {
      if (feature.properties.kind === 'cluster')
        clusterGroup.addLayer(clusterMarker(map, feature, feature.properties.counts, words))
      else drawDevice(feature.id, feature.geometry.coordinates, feature.properties.state, palette)
    }
    for (const { marker, state } of devices.values()) if (state === 'off') marker.bringToFront()
  }

  function drawDevice(
    id: string,
    [longitude, latitude]: [number, number],
    state: DeviceState,
    palette: MapPalette,
  ) {
    const drawn = devices.get(id)
    if (drawn?.state === state) return
    if (drawn) deviceGroup.removeLayer(drawn.marker)
    const marker = new DeviceMarker(
      [latitude, longitude],
      { state, isChosen: id === chosenId, palette, scale },
      renderer,
    )
    marker.on('click', () => onChoose(id))
    devices.set(id, { marker, state })
    deviceGroup.addLayer(marker)
  }

  function resign(change: Partial<Omit<Sign, 'state'>>, ids: Iterable<string>) {
    for (const id of ids) {
      const marker = devices.get(id)?.marker
      if (!marker) continue
      marker.sign = { ...marker.sign, ...change }
      marker.redraw()
    }
  }

  function onZoom() {
    scale = scaleAt(map.getZoom())
    resign({ scale }, devices.keys())
  }
  map.on('zoomend', onZoom)

  return {
    draw,
    paint: (palette: MapPalette) => resign({ palette }, devices.keys()),
    choose(id: string | null) {
      if (chosenId !== null) resign({ isChosen: false }, [chosenId])
      chosenId = id
      if (id !== null) resign({ isChosen: true }, [id])
    },
    remove() {
      map.off('zoomend', onZoom)
      deviceGroup.remove()
      clusterGroup.remove()
    },
  }
}
