import type { AdminArea } from '../../../shared/api/administration.ts'
import type { AreaRequest } from '../../../shared/api/devices.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'

/** `GET /admin/areas`: by their ids, the cursor being the last one. */
export async function listAreasForAdmin(
  { models }: Pick<Deps, 'models'>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: AdminArea[]; next: string | null }> {
  const rows = await models.areas
    .find(cursor === undefined ? {} : { _id: { $gt: cursor } }, {
      ...{ name: 1, kind: 1, parent_id: 1, area_type: 1, square_metres: 1 },
    })
    .sort({ _id: 1 })
    .limit(limit + 1)
    .lean()
  const items = rows.slice(0, limit).map((row) => ({
    area_id: row._id,
    name: row.name,
    kind: row.kind,
    parent_id: row.parent_id,
    area_type: row.area_type ?? null,
    has_outline: (row.square_metres ?? null) !== null,
  }))
  return { items, next: rows.length > limit ? (items.at(-1)?.area_id ?? null) : null }
}

/** `GET /admin/areas/{id}`: as it was put, to be put again with a change. Throws `not_found`. */
export async function describeAreaForAdmin(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
): Promise<AreaRequest> {
  const row = await models.areas.findById(areaId).lean()
  if (!row) throw new CodedError('not_found', `area: none with id ${areaId}`)
  const { name, kind, parent_id, area_type, geometry } = row
  return { name, kind, parent_id, area_type: area_type ?? null, geometry }
}
