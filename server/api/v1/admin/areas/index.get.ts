import { adminAreasQuery } from '../../../../../shared/api/administration'
import { listAreasForAdmin } from '../../../../services/area/administer-areas'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return listAreasForAdmin(useDeps(), queryOf(event, adminAreasQuery))
})
