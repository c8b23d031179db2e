import { commentRequestSchema } from '../../../../../shared/api/complaints'
import { commentOnComplaint } from '../../../../services/complaint/add-to-complaint'

export default apiRoute(async (event) => {
  const token = complaintSecret(event)
  const { words } = await smallBodyOf(event, commentRequestSchema)
  const answer = await commentOnComplaint(useDeps(), complaintIdOf(event), token, words)
  setResponseStatus(event, 201)
  return answer
})
