import { enrolmentsSchema } from '../../../../../shared/api/devices'
import { parseAs } from '../../../../../shared/parse'
import { enrolDevices } from '../../../../services/enrol-devices'

const MAX_BODY_BYTES = 1024 * 1024

export default apiRoute(async (event) => {
  requireAdmin(event)
  const body = parseAs(enrolmentsSchema, await readJson(event, MAX_BODY_BYTES), 'enrolment')
  const answers = await enrolDevices(useDeps(), Array.isArray(body) ? body : [body])
  setResponseStatus(event, answers.some(({ status }) => status === 'enrolled') ? 201 : 200)
  return Array.isArray(body) ? answers : answers[0]
})
