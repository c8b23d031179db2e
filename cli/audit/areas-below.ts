import { areasSchema } from '../../shared/api/map.ts'
import type { AreaNode } from '../../shared/outage/index.ts'
import { CliError } from '../cli-error.ts'
import { askPortalForAll } from '../portal.ts'

/**
 * An area and all below it as a portal names them, itself first and without a parent. Nothing on the ledger tells which
 * area lies below which, so this is the portal's word. Throws `unreadable` where it does not name the area, and
 * `unreachable` or `refused` where it does not answer.
 */
export async function areasBelow(portalUrl: string, areaId: string): Promise<AreaNode[]> {
  const query = { geometry: 'none' }
  const areas = await askPortalForAll(areasSchema, { portalUrl, path: 'areas', query })
  if (!areas.some(({ area_id }) => area_id === areaId)) {
    throw new CliError(
      'unreadable',
      `--compare: expected ${portalUrl} to show ${areaId}, got ${areas.length} other areas`,
    )
  }
  const below = Map.groupBy(areas, ({ parent_id }) => parent_id)
  const tree = new Map<string, AreaNode>([[areaId, { areaId, parentId: null }]])
  // A Map hands out what is added on the way too, and each area once, even from a portal that goes round in a ring.
  for (const parentId of tree.keys()) {
    for (const { area_id } of below.get(parentId) ?? [])
      if (!tree.has(area_id)) tree.set(area_id, { areaId: area_id, parentId })
  }
  return [...tree.values()]
}
