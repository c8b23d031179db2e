import { areaIdField } from '../../../../shared/fields'
import { areaAtom } from '../../../services/feeds/area-feeds'

export default apiRoute(async (event) => {
  const areaId = paramOf(event, 'areaId', areaIdField)
  return sendFeed(event, await areaAtom(useDeps(), originOf(event), areaId), 'application/atom+xml')
})
