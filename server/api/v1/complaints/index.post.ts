import { complaintRequestSchema } from '../../../../shared/api/complaints'
import { fileComplaint } from '../../../services/complaint/file-complaint'

export default apiRoute(async (event) => {
  const request = await smallBodyOf(event, complaintRequestSchema)
  const key = idempotencyKeyOf(event)
  await countComplaint(event)
  const filed = await fileComplaint(useDeps(), request, key)
  setResponseStatus(event, 201)
  return filed
})
