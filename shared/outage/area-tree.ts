import { CodedError } from '../coded-error.ts'
import { addSums, noSums, type Sums } from './sums.ts'

export interface AreaNode {
  areaId: string
  parentId: string | null
}

type AreaTreeCode = 'unknown_area' | 'area_cycle'

/** From an area up to its root, itself first. Throws `unknown_area` for one not in the tree, `area_cycle` for a ring. */
function lineage(areaId: string, parents: ReadonlyMap<string, string | null>): string[] {
  const line: string[] = []
  for (let at: string | null = areaId; at !== null;) {
    const parentId = parents.get(at)
    if (parentId === undefined) {
      throw new CodedError<AreaTreeCode>(
        'unknown_area',
        `area: expected one of the tree, got ${at}`,
      )
    }
    if (line.includes(at)) {
      throw new CodedError<AreaTreeCode>(
        'area_cycle',
        `area ${areaId}: expected a root above, got ${at} again`,
      )
    }
    line.push(at)
    at = parentId
  }
  return line
}

/**
 * Sums of every area with all below it (state, district, block): numerators and denominators add, averages never do.
 * An area without devices has sums of nothing, whose figures are unknown. Throws `unknown_area` or `area_cycle`.
 */
export function rollUp(
  areas: readonly AreaNode[],
  own: ReadonlyMap<string, Sums>,
): Map<string, Sums> {
  const parents = new Map(areas.map(({ areaId, parentId }) => [areaId, parentId]))
  const totals = new Map(areas.map(({ areaId }) => [areaId, noSums()]))
  for (const areaId of new Set([...parents.keys(), ...own.keys()])) {
    const sums = own.get(areaId)
    for (const ancestor of lineage(areaId, parents)) {
      const total = totals.get(ancestor)
      if (sums && total) addSums(total, sums)
    }
  }
  return totals
}
