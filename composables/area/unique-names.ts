interface Named {
  area_id: string
  name: string
  parent_id: string | null
}

/** Names of areas by id; those of one name are told apart by what they lie in: "Lee County (Kentucky)". */
export function uniqueNames(areas: readonly Named[]): Map<string, string> {
  const byId = new Map(areas.map((area) => [area.area_id, area]))
  const byName = Map.groupBy(areas, ({ name }) => name)
  return new Map(
    areas.map(({ area_id, name, parent_id }) => {
      const isAlone = (byName.get(name)?.length ?? 0) < 2
      const around = byId.get(parent_id ?? '')?.name ?? area_id
      return [area_id, isAlone ? name : `${name} (${around})`]
    }),
  )
}
