import { geoJSON, type GeoJSON, type Map as LeafletMap, type Renderer } from 'leaflet'
import type { AreaOutline } from '../useAreas.ts'
import { shareOff, type AreaSummary } from './area-figures.ts'
import type { MapPalette } from './device-marker.ts'
import { shareClass } from './share-class.ts'

/** Outlines of the areas, shaded by the share of customers off, beneath the devices. */
export function createAreaLayer(
  map: LeafletMap,
  renderer: Renderer,
  onChoose: (areaId: string) => void,
) {
  const shapes = new Map<string, GeoJSON>()

  /** Replaces the outlines. */
  function draw(outlines: readonly AreaOutline[]) {
    for (const shape of shapes.values()) shape.remove()
    shapes.clear()
    for (const { areaId, geometry } of outlines) {
      const shape = geoJSON(geometry, {
        style: { renderer, weight: 1 },
        bubblingMouseEvents: false,
      })
      shape.on('click', () => onChoose(areaId))
      shapes.set(areaId, shape.addTo(map).bringToBack())
    }
  }

  /** Colours every outline by its area's state now. */
  function shade(
    areas: readonly AreaSummary[],
    palette: MapPalette,
    hasGround: boolean,
    chosenId: string | null,
  ) {
    for (const area of areas) {
      const step = shareClass(shareOff(area))
      const isChosen = area.area_id === chosenId
      shapes.get(area.area_id)?.setStyle({
        color: isChosen ? palette.states.on : palette.areaLine,
        weight: isChosen ? 3 : 1,
        fillColor: palette.shares[step ?? 0],
        fillOpacity: fillOpacity(step, hasGround),
      })
    }
  }

  /** Lifts one outline above its neighbours, so that all of its border shows; none stands above a device. */
  function raise(areaId: string | null) {
    for (const [id, shape] of shapes) if (id !== areaId) shape.bringToBack()
  }

  return {
    draw,
    shade,
    raise,
    boundsOf: (areaId: string) => shapes.get(areaId)?.getBounds() ?? null,
    remove: () => draw([]),
  }
}

/** Where nothing is known there is only an outline. Over map tiles the shading lets the ground through. */
const fillOpacity = (step: number | null, hasGround: boolean) =>
  step === null ? 0 : hasGround ? 0.6 : 1
