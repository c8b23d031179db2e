import type { Area } from '../shared/api/map.ts'

/** What the sensors of an area say now, asked in the browser; null where no area is given or it could not be had. */
export function useAreaNow(areaId: () => string | null) {
  const area = shallowRef<Area | null>(null)
  async function look() {
    const id = areaId()
    area.value = null
    if (id === null) return
    const found = await ask<Area>(supplyApi.area(id)).catch(() => null)
    if (id === areaId()) area.value = found
  }
  onMounted(look)
  watch(areaId, look)
  return area
}
