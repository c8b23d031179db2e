import { enrolmentsSchema } from '../../../../../shared/api/devices'
import { parseAs } from '../../../../../shared/parse'
import { enrolDevices } from '../../../../services/device/enrol-devices'

const MAX_BODY_BYTES = 1024 * 1024

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const body = parseAs(enrolmentsSchema, await readJson(event, MAX_BODY_BYTES), 'enrolment')
  const enrolments = Array.isArray(body) ? body : [body]
  await noteRequest(event, {
    actor,
    action: 'devices_enrolled',
    target: enrolments.length === 1 ? (enrolments[0]?.device.device_id ?? null) : null,
    detail: { devices: String(enrolments.length) },
  })
  const answers = await enrolDevices(useDeps(), enrolments)
  setResponseStatus(event, answers.some(({ status }) => status === 'enrolled') ? 201 : 200)
  return Array.isArray(body) ? answers : answers[0]
})
