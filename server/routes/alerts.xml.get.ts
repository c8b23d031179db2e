import { alertsAtom } from '../services/outage/outage-alerts'

export default apiRoute(async (event) => {
  const { deps, config } = useComposition()
  const feed = await alertsAtom(deps, originOf(event), config.NUXT_ALERT_CUSTOMERS)
  return sendFeed(event, feed, 'application/atom+xml')
})
