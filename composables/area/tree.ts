import type { AreaSummary } from '../map/area-figures.ts'

/** Areas directly below one, or the outermost; those whose parent is not described are outermost too. */
export function areasBelow(areas: readonly AreaSummary[], areaId: string | null): AreaSummary[] {
  const ids = new Set(areas.map(({ area_id }) => area_id))
  return areas.filter(({ area_id, parent_id }) =>
    areaId === null
      ? parent_id === null || !ids.has(parent_id)
      : parent_id === areaId && area_id !== areaId,
  )
}

/** The areas an area lies in, outermost first, without itself; a ring of parents ends where it closes. */
export function areasAround(areas: readonly AreaSummary[], areaId: string): AreaSummary[] {
  const byId = new Map(areas.map((area) => [area.area_id, area]))
  const trail: AreaSummary[] = []
  let area = byId.get(byId.get(areaId)?.parent_id ?? '')
  while (area && !trail.includes(area) && area.area_id !== areaId) {
    trail.unshift(area)
    area = byId.get(area.parent_id ?? '')
  }
  return trail
}

/** Areas whose name or id holds every word of `search`, in any case. */
export function areasNamed(areas: readonly AreaSummary[], search: string): AreaSummary[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return areas.filter(({ name, area_id }) => {
    const text = `${name} ${area_id}`.toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
}
