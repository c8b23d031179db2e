import { actionsQuery } from '../../../../../shared/api/accounts'
import { listActions } from '../../../../services/account/read-action-log'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return listActions(useDeps(), queryOf(event, actionsQuery))
})
