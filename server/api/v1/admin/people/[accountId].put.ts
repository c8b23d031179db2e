import { personChangeSchema } from '../../../../../shared/api/accounts'
import { accountIdField } from '../../../../../shared/account/role'
import { changePerson } from '../../../../services/account/manage-people'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const accountId = paramOf(event, 'accountId', accountIdField)
  const change = await smallBodyOf(event, personChangeSchema)
  return changePerson(useDeps(), accountId, change, actor, requestOrigin(event).network)
})
