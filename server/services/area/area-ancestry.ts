import type { Deps } from '../deps.ts'

export interface AreaAncestry {
  /** The areas an area lies in, the nearest first; by its parents, not by its outline. */
  ancestorsOf(areaId: string): string[]
}

/** Looks up what these areas lie in: one query along the index for each level of the tree. */
export async function areaAncestry(
  { models }: Pick<Deps, 'models'>,
  areaIds: readonly string[],
): Promise<AreaAncestry> {
  const parents = new Map<string, string | null>()
  let wanted = [...new Set(areaIds)]
  while (wanted.length > 0) {
    const rows = await models.areas.find({ _id: { $in: wanted } }, { parent_id: 1 }).lean()
    for (const id of wanted) parents.set(id, null)
    for (const { _id, parent_id } of rows) parents.set(_id, parent_id)
    const above = rows.flatMap(({ parent_id }) => (parent_id === null ? [] : [parent_id]))
    wanted = [...new Set(above)].filter((id) => !parents.has(id))
  }
  return {
    ancestorsOf(areaId) {
      const line: string[] = []
      // Two changes at once may have closed a circle.
      for (let id = parents.get(areaId); id && !line.includes(id); id = parents.get(id))
        line.push(id)
      return line
    },
  }
}
