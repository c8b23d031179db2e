import { areaIdField } from '../../../../../shared/fields'
import { describeAreaForAdmin } from '../../../../services/area/administer-areas'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return describeAreaForAdmin(useDeps(), paramOf(event, 'areaId', areaIdField))
})
