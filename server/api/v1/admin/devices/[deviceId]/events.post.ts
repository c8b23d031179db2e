import { deviceEventRequestSchema } from '../../../../../../shared/api/devices'
import { deviceIdField } from '../../../../../../shared/fields'
import { parseAs } from '../../../../../../shared/parse'
import { changeDevice } from '../../../../../services/device/change-device'

const MAX_BODY_BYTES = 16 * 1024

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const deviceId = paramOf(event, 'deviceId', deviceIdField)
  const request = parseAs(
    deviceEventRequestSchema,
    await readJson(event, MAX_BODY_BYTES),
    'device event',
  )
  await noteRequest(event, {
    actor,
    action: 'device_event_recorded',
    target: deviceId,
    detail: { event: request.event },
  })
  const approved = { ...request, approved_by: actor.pseudonym }
  const answer = await changeDevice(useDeps(), deviceId, approved)
  setResponseStatus(event, 201)
  return answer
})
