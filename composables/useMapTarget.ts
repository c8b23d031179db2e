import type { Place } from './map/around.ts'

/** Takes the map to what was chosen beside it, in a list, by a search or by where the visitor is. */
export function useMapTarget(chosen: Ref<Chosen | null>) {
  const target = shallowRef<MapTarget | null>(null)
  /** The place whose sensors are told of. */
  const place = shallowRef<Place | null>(null)

  function goToArea(areaId: string) {
    chosen.value = { kind: 'area', id: areaId }
    target.value = { kind: 'area', areaId }
  }

  /** Takes the map to an area without choosing it. */
  function showArea(areaId: string) {
    target.value = { kind: 'area', areaId }
  }

  function goToPlace(next: Place, isHere = true) {
    place.value = next
    target.value = { kind: 'place', place: next, isHere }
  }

  function goToFound(found: Found) {
    if (found.kind === 'area') {
      chosen.value = { kind: 'area', id: found.area_id }
      place.value = null
      if (found.bbox) target.value = { kind: 'box', bbox: found.bbox }
      return
    }
    chosen.value = { kind: 'device', id: found.device_id }
    if (!found.coordinates) return
    const [longitude, latitude] = found.coordinates
    goToPlace({ latitude, longitude }, false)
  }

  return { target, place, goToArea, goToFound, goToPlace, showArea }
}
