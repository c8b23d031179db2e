import { areaRequestSchema } from '../../../../../shared/api/devices'
import { areaIdField } from '../../../../../shared/fields'
import { parseAs } from '../../../../../shared/parse'
import { putArea } from '../../../../services/put-area'

const MAX_BODY_BYTES = 4 * 1024 * 1024

export default apiRoute(async (event) => {
  requireAdmin(event)
  const areaId = paramOf(event, 'areaId', areaIdField)
  await putArea(
    useDeps(),
    areaId,
    parseAs(areaRequestSchema, await readJson(event, MAX_BODY_BYTES), 'area'),
  )
  return { area_id: areaId }
})
