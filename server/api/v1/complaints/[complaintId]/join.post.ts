import { joinRequestSchema } from '../../../../../shared/api/complaints'
import { joinComplaint } from '../../../../services/complaint/join-complaint'

export default apiRoute(async (event) => {
  const complaintId = complaintIdOf(event)
  const request = await smallBodyOf(event, joinRequestSchema)
  const key = idempotencyKeyOf(event)
  const join = () => joinComplaint(useDeps(), complaintId, request, key)
  const joined = await countedAsComplaint(event, join)
  setResponseStatus(event, 201)
  return joined
})
