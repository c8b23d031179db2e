import { joinRequestSchema } from '../../../../../shared/api/complaints'
import { joinComplaint } from '../../../../services/complaint/join-complaint'

export default apiRoute(async (event) => {
  const complaintId = complaintIdOf(event)
  const request = await smallBodyOf(event, joinRequestSchema)
  const key = idempotencyKeyOf(event)
  await countComplaint(event)
  const joined = await joinComplaint(useDeps(), complaintId, request, key)
  setResponseStatus(event, 201)
  return joined
})
