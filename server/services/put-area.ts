import type { AreaRequest } from '../../shared/api/devices.ts'
import { CodedError } from '../../shared/coded-error.ts'
import type { Deps } from './deps.ts'

/** Creates or replaces an area. Throws `unknown_area` for a parent that does not exist, `malformed` for an area within itself. */
export async function putArea(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
  area: AreaRequest,
): Promise<void> {
  if (area.parent_id === areaId)
    throw new CodedError('malformed', 'parent_id: expected another area')
  if (area.parent_id !== null && !(await models.areas.exists({ _id: area.parent_id }))) {
    throw new CodedError(
      'unknown_area',
      `parent_id: expected an area of this portal, got ${area.parent_id}`,
    )
  }
  await models.areas.updateOne({ _id: areaId }, { $set: area }, { upsert: true })
}
