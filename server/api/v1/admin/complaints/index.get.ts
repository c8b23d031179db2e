import { complaintQueueQuery } from '../../../../../shared/api/complaint-admin'
import { queueComplaints } from '../../../../services/complaint/queue-complaints'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  return queueComplaints(useDeps(), officialOf(actor), queryOf(event, complaintQueueQuery))
})
