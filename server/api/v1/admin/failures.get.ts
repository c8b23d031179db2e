import { failuresQuery } from '../../../../shared/api/ledger'
import { listFailures } from '../../../services/ledger/list-failures'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return listFailures(useDeps(), queryOf(event, failuresQuery))
})
