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
  const parents = new Set<string>()

  /** Replaces the outlines. */
  function draw(outlines: readonly AreaOutline[]) {
    for (const shape of shapes.values()) shape.remove()
    shapes.clear()
    parents.clear()
    for (const { areaId, geometry, isParent } of outlines) {
      const shape = geoJSON(geometry, {
        style: { renderer, weight: 1 },
        bubblingMouseEvents: false,
        // What lies in it is pointed at, not its border.
        interactive: !isParent,
      })
      if (isParent) parents.add(areaId)
      else shape.on('click', () => onChoose(areaId))
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
      const isParent = parents.has(area.area_id)
      shapes.get(area.area_id)?.setStyle({
        color: isChosen ? palette.states.on : palette.areaLine,
        weight: isChosen ? 3 : isParent ? PARENT_WEIGHT : 1,
        fillColor: palette.shares[step ?? 0],
        fill: !isParent,
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

const PARENT_WEIGHT = 2.5

/** Where nothing is known there is only an outline. Over map tiles the shading lets the ground through. */
const fillOpacity = (step: number | null, hasGround: boolean) =>
  step === null ? 0 : hasGround ? 0.6 : 1
