import type { MapAnswer } from '../shared/api/map.ts'
import type { Outages } from '../shared/api/outages.ts'
import { aroundOf, boxAroundPlace, type Around, type Place } from './map/around.ts'

/** What the sensors around a place say now, and the outage they are part of, where there is one. */
export function useAround(place: () => Place | null) {
  const around = shallowRef<Around | null>(null)
  const outageId = ref<string | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  let asked = 0

  async function look() {
    const at = place()
    const request = ++asked
    if (!at) {
      around.value = null
      return
    }
    const box = boxAroundPlace(at)
    try {
      const [map, outages] = await Promise.all([
        ask<MapAnswer>(apiPaths.map(box)),
        ask<Outages>(apiPaths.ongoingOutages(box)),
      ])
      if (request !== asked) return
      around.value = aroundOf(map)
      outageId.value = outages.items[0]?.outage_id ?? null
      trouble.value = null
    } catch (failure) {
      if (request === asked) trouble.value = troubleOf(failure)
    }
  }

  watch(place, look, { immediate: true })
  return { around, outageId, trouble, look }
}
