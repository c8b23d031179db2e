import { outageIdField } from '../../../../shared/api/outages'
import { outageCap } from '../../../services/outage/outage-alerts'

export default apiRoute(async (event) => {
  const { deps, config } = useComposition()
  const outageId = paramOf(event, 'outageId', outageIdField)
  const alert = await outageCap(deps, originOf(event), outageId, {
    customers: config.NUXT_ALERT_CUSTOMERS,
    status: config.NUXT_ALERT_STATUS,
  })
  return sendFeed(event, alert, 'application/cap+xml')
})
