import { areaIdField } from '../../../../shared/fields'
import { areaCalendar } from '../../../services/feeds/area-feeds'

export default apiRoute(async (event) => {
  const areaId = paramOf(event, 'areaId', areaIdField)
  return sendFeed(event, await areaCalendar(useDeps(), originOf(event), areaId), 'text/calendar')
})
