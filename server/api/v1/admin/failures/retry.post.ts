import { retryRequestSchema } from '../../../../../shared/api/administration'
import { retryFailure } from '../../../../services/ledger/retry-failure'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const { subject } = await smallBodyOf(event, retryRequestSchema)
  await noteRequest(event, { actor, action: 'retry_asked', target: subject })
  return retryFailure(useDeps(), subject)
})
