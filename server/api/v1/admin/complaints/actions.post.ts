import { complaintBulkSchema } from '../../../../../shared/api/complaint-admin'
import { handleMany } from '../../../../services/complaint/handle-complaint'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const { complaint_ids, step } = await smallBodyOf(event, complaintBulkSchema)
  const action = step.action === 'redact' ? 'complaint_data_erased' : 'complaint_changed'
  for (const target of complaint_ids)
    await noteRequest(event, { actor, action, target, detail: { action: step.action } })
  return handleMany(useDeps(), officialOf(actor), complaint_ids, step)
})
