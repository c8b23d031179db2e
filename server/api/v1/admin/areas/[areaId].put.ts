import { areaRequestSchema } from '../../../../../shared/api/devices'
import { areaIdField } from '../../../../../shared/fields'
import { parseAs } from '../../../../../shared/parse'
import { putArea } from '../../../../services/area/put-area'

const MAX_BODY_BYTES = 4 * 1024 * 1024

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const areaId = paramOf(event, 'areaId', areaIdField)
  const area = parseAs(areaRequestSchema, await readJson(event, MAX_BODY_BYTES), 'area')
  const isNew = onlyIfNew(event)
  await noteRequest(event, { actor, action: 'area_put', target: areaId })
  await putArea(useDeps(), areaId, area, { isNew })
  if (isNew) setResponseStatus(event, 201)
  return { area_id: areaId }
})
