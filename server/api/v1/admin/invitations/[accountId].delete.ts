import { accountIdField } from '../../../../../shared/account/role'
import { withdrawInvitation } from '../../../../services/account/invite-person'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const accountId = paramOf(event, 'accountId', accountIdField)
  await withdrawInvitation(useDeps(), accountId, actor, requestOrigin(event).network)
  setResponseStatus(event, 204)
  return null
})
