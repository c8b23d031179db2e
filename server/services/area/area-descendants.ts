import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'

/** An area and all below it, itself first: one query along the index for each level of the tree. Throws `not_found`. */
export async function areaDescendants(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
): Promise<string[]> {
  if (!(await models.areas.exists({ _id: areaId })))
    throw new CodedError('not_found', `area: none with id ${areaId}`)
  const found = new Set([areaId])
  for (let level = [areaId]; level.length > 0;) {
    const rows = await models.areas.find({ parent_id: { $in: level } }, { _id: 1 }).lean()
    level = rows.flatMap(({ _id }) => (found.has(_id) ? [] : [_id]))
    for (const id of level) found.add(id)
  }
  return [...found]
}
