import { deviceEventRequestSchema } from '../../../../../../shared/api/devices'
import { deviceIdField } from '../../../../../../shared/fields'
import { parseAs } from '../../../../../../shared/parse'
import { changeDevice } from '../../../../../services/change-device'

const MAX_BODY_BYTES = 16 * 1024

export default apiRoute(async (event) => {
  requireAdmin(event)
  const deviceId = paramOf(event, 'deviceId', deviceIdField)
  const request = parseAs(
    deviceEventRequestSchema,
    await readJson(event, MAX_BODY_BYTES),
    'device event',
  )
  const { deps, config } = useComposition()
  const approved = { ...request, approved_by: config.NUXT_ADMIN_NAME }
  const answer = await changeDevice(deps, deviceId, approved)
  setResponseStatus(event, 201)
  return answer
})
