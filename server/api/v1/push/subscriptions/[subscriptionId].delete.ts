import { pushSubscriptionIdField } from '../../../../../shared/api/push'
import { unsubscribe } from '../../../../services/push/subscribe'

export default apiRoute(async (event) => {
  requireOwnOrigin(event)
  await unsubscribe(useDeps(), paramOf(event, 'subscriptionId', pushSubscriptionIdField))
  setResponseStatus(event, 204)
  return null
})
