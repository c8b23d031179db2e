import { disputeRequestSchema } from '../../../../../shared/api/complaints'
import { disputeComplaint } from '../../../../services/complaint/add-to-complaint'

export default apiRoute(async (event) => {
  const token = complaintSecret(event)
  const { words } = await smallBodyOf(event, disputeRequestSchema)
  const answer = await disputeComplaint(useDeps(), complaintIdOf(event), token, words)
  setResponseStatus(event, 201)
  return answer
})
