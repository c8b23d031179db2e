import { peopleQuery } from '../../../../../shared/api/accounts'
import { listPeople } from '../../../../services/account/manage-people'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return listPeople(useDeps(), queryOf(event, peopleQuery))
})
