import type { AreaNode } from '../../../shared/outage/index.ts'
import { areaDescendants } from './area-descendants.ts'
import type { Deps } from '../deps.ts'

export interface NamedArea extends AreaNode {
  name: string
}

/** An area and all below it, itself without a parent. Throws `not_found`. */
export async function areaTree(deps: Pick<Deps, 'models'>, areaId: string): Promise<NamedArea[]> {
  const ids = await areaDescendants(deps, areaId)
  const rows = await deps.models.areas
    .find({ _id: { $in: ids } }, { parent_id: 1, name: 1 })
    .sort({ _id: 1 })
    .lean()
  return rows.map(({ _id, parent_id, name }) => ({
    areaId: _id,
    parentId: _id === areaId ? null : parent_id,
    name,
  }))
}
