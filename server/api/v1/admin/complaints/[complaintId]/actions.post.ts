import { complaintActionSchema } from '../../../../../../shared/api/complaint-admin'
import { handleComplaint } from '../../../../../services/complaint/handle-complaint'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const target = complaintIdOf(event)
  const step = await smallBodyOf(event, complaintActionSchema)
  const action = step.action === 'redact' ? 'complaint_data_erased' : 'complaint_changed'
  await noteRequest(event, { actor, action, target, detail: { action: step.action } })
  const answer = await handleComplaint(useDeps(), officialOf(actor), target, step)
  setResponseStatus(event, 201)
  return answer
})
