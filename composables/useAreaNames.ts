import { everyArea } from './area/every-area.ts'
import { uniqueNames } from './area/unique-names.ts'

/** Names of the areas by id, for labels and filters. */
export async function useAreaNames() {
  const { data } = await useAsyncData('area-names', async () => {
    const found = await everyArea({ hasOutlines: false })
    const names = uniqueNames(found)
    return found.map(({ area_id, name, parent_id }) => ({
      areaId: area_id,
      name: names.get(area_id) ?? name,
      parentId: parent_id,
    }))
  })
  const areas = computed(() => data.value ?? [])
  const nameOf = (areaId: string) =>
    areas.value.find((area) => area.areaId === areaId)?.name ?? areaId
  /** Whether an area is another or lies in it; false too where that is not known. */
  function isWithin(areaId: string, outer: string): boolean {
    const seen = new Set<string>()
    let id: string | null = areaId
    while (id !== null && id !== outer && !seen.has(id)) {
      seen.add(id)
      id = areas.value.find((area) => area.areaId === id)?.parentId ?? null
    }
    return id === outer
  }
  return { areas, nameOf, isWithin }
}
